// The practice room: Ctrl+Enter says a line, and the newest line stays in sight.

function toNewest() {
  const lines = document.getElementById("practice-lines");
  if (lines) lines.scrollTop = lines.scrollHeight;
}

export function startPractice() {
  if (!document.querySelector("[data-practice]")) return;
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-practice] textarea[name=text]");
    if (!box || event.isComposing) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      box.form.requestSubmit();
    }
    if (event.key === "Escape") box.blur();
  });
  document.addEventListener("htmx:afterSettle", toNewest);
  toNewest();
}
