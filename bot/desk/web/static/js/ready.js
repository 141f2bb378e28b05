// Ready replies: "/" at the start of a line opens the list, typing narrows it, arrows and Enter pick; Escape types the stroke.

export function startReady() {
  const dialog = document.getElementById("ready");
  const box = document.getElementById("reply-text");
  if (!dialog || !box) return;
  const find = document.getElementById("ready-find");
  const list = document.getElementById("ready-list");
  const none = document.getElementById("ready-none");
  let stroke = false;

  const shown = () => [...list.children].filter((option) => !option.hidden);
  const chosen = () => list.querySelector('[aria-selected="true"]');

  const choose = (option) => {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) find.setAttribute("aria-activedescendant", option.id);
    else find.removeAttribute("aria-activedescendant");
  };
  const narrow = () => {
    const wanted = find.value.trim().toLowerCase().split(/\s+/);
    for (const option of list.children) {
      const text = option.textContent.toLowerCase();
      option.hidden = !wanted.every((word) => text.includes(word));
    }
    none.hidden = !list.children.length || shown().length > 0;
    choose(shown()[0]);
  };
  const put = (text) => {
    box.setRangeText(text, box.selectionStart, box.selectionEnd, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const pick = (option) => {
    if (!option) return;
    stroke = false;
    dialog.close();
    put(option.querySelector("[data-ready-text]").textContent);
  };
  const open = () => {
    find.value = "";
    narrow();
    dialog.showModal();
    find.focus();
    list.dispatchEvent(new Event("desk:ready"));
  };

  box.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const before = box.value.slice(0, box.selectionStart);
    if (before && !before.endsWith("\n")) return;
    event.preventDefault();
    stroke = true;
    open();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-ready]")) open();
  });
  find.addEventListener("input", narrow);
  list.addEventListener("htmx:afterSettle", narrow);
  find.addEventListener("keydown", (event) => {
    const options = shown();
    const at = options.indexOf(chosen());
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (event.key === "Enter" && !event.isComposing) pick(chosen());
    else if (next === undefined || !options.length) return;
    else choose(options[(next + options.length) % options.length]);
    event.preventDefault();
  });
  list.addEventListener("click", (event) => pick(event.target.closest('[role="option"]')));
  dialog.addEventListener("close", () => {
    if (stroke && !find.value) put("/");
    stroke = false;
    box.focus({ preventScroll: true });
  });
}
