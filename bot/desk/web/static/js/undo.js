// Taking back what has not left: u anywhere outside the box, Ctrl+Z in the empty box; the words come back into it.

export function startUndo() {
  const box = document.getElementById("reply-text");
  if (!box) return;

  box.addEventListener("keydown", (event) => {
    const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    // With something in the box the keys are the browser's own: they undo what was typed.
    if (isUndo && !box.value && undoLast()) event.preventDefault();
  });
  document.addEventListener("desk:taken-back", () => {
    whenAnswered(box.form, () => {
      const words = document.getElementById("taken-back");
      if (!words.textContent) return;
      box.value = box.value.trim() ? `${words.textContent}\n${box.value}` : words.textContent;
      words.textContent = "";
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus({ preventScroll: true });
    });
  });
}

// A line can be seen, and taken back, before the answer to its sending is here. That answer empties the box, and until it
// has come nothing more can be sent: the words go into the box after it.
function whenAnswered(form, act) {
  if (!form.classList.contains("htmx-request")) {
    form.dispatchEvent(new Event("desk:answered"));
    act();
    return;
  }
  const done = (event) => {
    const failed = event.type === "htmx:afterRequest" && event.detail.elt === form && !event.detail.successful;
    if (event.type === "htmx:afterRequest" && !failed) return;
    document.removeEventListener("desk:replied", done);
    form.removeEventListener("htmx:afterRequest", done);
    act();
  };
  document.addEventListener("desk:replied", done);
  form.addEventListener("htmx:afterRequest", done);
}

export function undoLast() {
  const buttons = document.querySelectorAll("[data-undo]");
  buttons[buttons.length - 1]?.click();
  return buttons.length > 0;
}
