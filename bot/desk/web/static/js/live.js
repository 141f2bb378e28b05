// The live connection, seen from the page: the title, a lost connection, the end of the session.

const ACTIVE_HEADER = "X-Desk-Active";
let wasActive = true;

function showTitle() {
  const count = Number(document.querySelector("[data-waiting]")?.dataset.waiting || 0);
  const plain = document.title.replace(/^\(\d+\) /, "");
  document.title = count ? `(${count}) ${plain}` : plain;
}

function showOffline(isLost) {
  const strip = document.getElementById("offline");
  if (strip) strip.hidden = !isLost;
}

export function startLive() {
  showTitle();
  const frame = document.querySelector("[sse-connect]");
  document.addEventListener("htmx:afterSettle", showTitle);
  document.addEventListener("htmx:sseOpen", (event) => {
    showOffline(false);
    event.detail.source.addEventListener("signed_out", () => {
      event.detail.source.close();
      location.assign("/desk/sign-in?said=signed_out");
    });
  });
  frame?.addEventListener("htmx:sseError", () => showOffline(true));
  document.addEventListener("htmx:sendError", () => showOffline(true));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    showOffline(false);
    const trouble = document.getElementById("trouble");
    if (trouble) trouble.textContent = "";
  });
  // Only a hand on the desk keeps the session alive; what the page fetches by itself does not.
  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(name, () => (wasActive = true), { passive: true });
  }
  document.addEventListener("htmx:configRequest", (event) => {
    if (wasActive) event.detail.headers[ACTIVE_HEADER] = "1";
    wasActive = false;
  });
}
