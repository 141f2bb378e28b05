// Says for some seconds that the person is writing.

const LASTS_MS = 6000;

export function startTyping() {
  const line = document.querySelector("#person-writes > span");
  if (!line) return;
  let timer = 0;
  const hide = () => (line.hidden = true);
  const show = () => {
    line.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(hide, LASTS_MS);
  };
  // A connection that was lost comes back as another source.
  document.addEventListener("htmx:sseOpen", (event) => event.detail.source.addEventListener("writes", show));
}
