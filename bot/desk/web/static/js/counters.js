// Counts the characters of a field as people see them, beside its limit.

export function startCounters() {
  for (const counter of document.querySelectorAll("[data-counts]")) {
    const box = document.getElementById(counter.dataset.counts);
    const show = () => {
      const length = [...box.value.trim()].length;
      counter.querySelector("[data-count]").textContent = length;
      counter.classList.toggle("is-near", length > Number(counter.dataset.max));
    };
    box.addEventListener("input", show);
    show();
  }
}
