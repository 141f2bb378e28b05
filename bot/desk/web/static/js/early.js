// What was typed before the scripts had come, on a slow line, is told to them again: counters, previews and drafts follow it
// as if it were typed now.

export function startEarly() {
  const early = [...document.querySelectorAll("input, textarea")].filter((box) => box.value !== box.defaultValue);
  if (!early.length) return;
  const tell = () => early.forEach((box) => box.dispatchEvent(new Event("input", { bubbles: true })));
  // htmx listens from this moment on, and was there first.
  if (document.readyState === "complete") tell();
  else document.addEventListener("DOMContentLoaded", tell, { once: true });
}
