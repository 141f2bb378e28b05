// The notes: a name is put in at a press; the box is empty once the note is kept.

export function startNotes() {
  const box = document.getElementById("note-text");
  if (!box) return;
  document.addEventListener("click", (event) => {
    const name = event.target.closest("[data-mention]")?.dataset.mention;
    if (!name) return;
    box.setRangeText(name, box.selectionStart, box.selectionEnd, "end");
    box.focus();
  });
  document.addEventListener("desk:noted", () => {
    box.value = "";
    box.focus({ preventScroll: true });
  });
}
