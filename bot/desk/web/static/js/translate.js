// The slot for a translation: its dialog lies outside the lines, so that new ones do not wipe away what is being written.
import { openDialog } from "./dialogs.js";

export function startTranslate() {
  const dialog = document.getElementById("translate");
  if (!dialog) return;
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-translate]");
    if (!opener) return;
    for (const form of dialog.querySelectorAll("[data-translation]")) form.action = opener.dataset.translate;
    const words = opener.closest(".line").querySelector(".words").textContent;
    document.getElementById("translate-words").textContent = words;
    document.getElementById("translate-text").value = "";
    openDialog("translate");
    document.getElementById("translate-text").focus();
  });
}
