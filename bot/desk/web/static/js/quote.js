// What a reply answers: chosen beside a line, shown above the box, taken out without a reload. The draft keeps it.

export function startQuote() {
  const box = document.getElementById("reply-text");
  if (!box) return;

  const settled = () => {
    box.focus({ preventScroll: true });
    box.dispatchEvent(new Event("desk:quoted"));
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("#quote-drop")) return;
    event.preventDefault();
    document.getElementById("quote").replaceChildren();
    settled();
  });
  document.addEventListener("keydown", (event) => {
    // It says that it is a button, so the space bar presses it as well.
    if (event.key === " " && event.target.id === "quote-drop") {
      event.preventDefault();
      event.target.click();
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.requestConfig?.elt?.id?.startsWith("quote-")) settled();
  });
}
