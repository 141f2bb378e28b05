// What is blurred until somebody wants it: pictures and words. What is shown is known to this page alone, and stays so when
// news of the talk draw the lines anew.

const shown = new Set();

function drawPicture(button) {
  const picture = document.getElementById(button.dataset.picture);
  const isShown = shown.has(button.dataset.picture);
  picture.dataset.dots ||= picture.src;
  const wanted = isShown ? picture.dataset.src : picture.dataset.dots;
  if (picture.getAttribute("src") !== wanted) picture.src = wanted;
  picture.classList.toggle("is-shown", isShown);
  picture.alt = isShown ? picture.dataset.shown : picture.dataset.blurred;
  button.setAttribute("aria-pressed", String(isShown));
}

function drawWords(button) {
  const isShown = shown.has(button.id);
  // The line itself, and what it means.
  for (const words of document.querySelectorAll(`[data-veiled="${button.dataset.unveil}"]`)) {
    words.classList.toggle("veiled", !isShown);
    if (isShown) words.removeAttribute("aria-hidden");
    else words.setAttribute("aria-hidden", "true");
  }
  button.setAttribute("aria-pressed", String(isShown));
}

function toggle(name) {
  if (!shown.delete(name)) shown.add(name);
}

function drawAll() {
  for (const button of document.querySelectorAll("[data-picture]")) drawPicture(button);
  for (const button of document.querySelectorAll("[data-unveil]")) drawWords(button);
}

export function startVeils() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-picture], [data-unveil]");
    if (!button) return;
    toggle(button.dataset.picture || button.id);
    if (button.dataset.picture) drawPicture(button);
    else drawWords(button);
  });
  // Before the eye sees the new lines, so that what is shown does not flicker.
  document.addEventListener("htmx:afterSwap", () => shown.size && drawAll());
}
