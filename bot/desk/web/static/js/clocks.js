// Waiting times that count, and moments in the reader's own time zone.

const lang = document.documentElement.lang || "en";
const time = new Intl.DateTimeFormat(lang, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const both = new Intl.DateTimeFormat(lang, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

// The server's clock decides who has waited how long; a wrong clock on this machine must not.
const frame = document.querySelector("[data-now]");
const skew = frame ? Date.parse(frame.dataset.now) - Date.now() : 0;
export const now = () => Date.now() + skew;

export function waited(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function tick() {
  for (const el of document.querySelectorAll("[data-since]")) {
    const shown = el.querySelector(".wait-time");
    const text = waited(now() - Date.parse(el.dataset.since));
    if (shown && shown.textContent !== text) shown.textContent = text;
    if (el.dataset.due) el.classList.toggle("is-late", now() > Date.parse(el.dataset.due));
  }
}

function localise(root) {
  for (const el of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const moment = new Date(el.getAttribute("datetime"));
    const isToday = moment.toDateString() === new Date(now()).toDateString();
    el.title = moment.toLocaleString(lang);
    el.textContent = (isToday ? time : both).format(moment);
    el.dataset.local = "";
  }
}

export function startClocks() {
  localise(document);
  tick();
  setInterval(tick, 1000);
  document.addEventListener("htmx:afterSettle", () => {
    localise(document);
    tick();
  });
}
