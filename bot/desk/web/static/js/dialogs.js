// Dialogs that buttons open, the menu that closes itself, and the choice of colours.

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !dialog.open) dialog.showModal();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    const opener = event.target.closest("[data-opens]");
    if (opener) {
      closeMenus();
      openDialog(opener.dataset.opens);
    }
    // A click on the dialog itself, and not on what is in it, is one beside it.
    if (event.target instanceof HTMLDialogElement) event.target.close();
    if (event.target.closest("[data-theme-next]")) {
      window.deskTheme.choose(window.deskTheme.isDark() ? "light" : "dark");
      showTheme();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeMenus();
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-theme-choice]")) window.deskTheme.choose(event.target.value);
  });
  showTheme();
  if (window.matchMedia("(max-width: 61.9rem)").matches) {
    for (const fold of document.querySelectorAll(".facts-fold")) fold.open = false;
  }
}

function showTheme() {
  const chosen = window.deskTheme.chosen();
  for (const input of document.querySelectorAll("[data-theme-choice] input")) {
    input.checked = input.value === chosen;
  }
}

export { openDialog };
