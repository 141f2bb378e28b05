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
    const words = document.getElementById("taken-back");
    if (!words.textContent) return;
    box.value = words.textContent;
    words.textContent = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus({ preventScroll: true });
  });
}

export function undoLast() {
  const buttons = document.querySelectorAll("[data-undo]");
  buttons[buttons.length - 1]?.click();
  return buttons.length > 0;
}
