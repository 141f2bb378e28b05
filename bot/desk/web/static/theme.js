// Light or dark before the first paint: what was chosen in this browser, else what the system says.
(() => {
  const KEY = "suar-desk-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem(KEY) || "";
    } catch {
      return "";
    }
  };
  const apply = () => {
    document.documentElement.dataset.bsTheme = chosen() || (dark.matches ? "dark" : "light");
  };
  window.deskTheme = {
    chosen,
    choose(theme) {
      try {
        theme ? localStorage.setItem(KEY, theme) : localStorage.removeItem(KEY);
      } catch {
        // A browser that keeps nothing follows the system.
      }
      apply();
    },
    isDark: () => document.documentElement.dataset.bsTheme === "dark",
  };
  dark.addEventListener("change", apply);
  apply();
})();
