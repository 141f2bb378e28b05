// Alarms of the supervisors' board: a sound and a notification for what is new, each only where it was asked for.

const SOUND = "suar-board-sound";
const NOTIFY = "suar-board-notify";
const KEYS = "[data-board-alarms]";

const isOn = (name) => localStorage.getItem(name) === "on";
let audio = null;
let known = new Set();

function alarms() {
  const text = document.querySelector(KEYS)?.dataset.boardAlarms ?? "";
  return new Set(text.split(" ").filter(Boolean));
}

// Two soft notes, made here: no file is loaded, and nobody is startled.
function ring() {
  audio ??= new AudioContext();
  audio.resume();
  [523, 659].forEach((frequency, number) => {
    const begins = audio.currentTime + number * 0.25;
    const note = audio.createOscillator();
    const loudness = audio.createGain();
    note.frequency.value = frequency;
    loudness.gain.setValueAtTime(0.0001, begins);
    loudness.gain.exponentialRampToValueAtTime(0.2, begins + 0.03);
    loudness.gain.exponentialRampToValueAtTime(0.0001, begins + 0.4);
    note.connect(loudness).connect(audio.destination);
    note.start(begins);
    note.stop(begins + 0.45);
  });
  document.documentElement.dataset.rung = Number(document.documentElement.dataset.rung ?? 0) + 1;
}

// It says that something is to be looked at, and nothing of whom: screens are seen by others.
function notify(words) {
  if (window.Notification?.permission === "granted") {
    new Notification(words.title, { body: words.alarm, tag: "suar-board" });
  }
}

function tellNew(words) {
  const now = alarms();
  const isNew = [...now].some((key) => !known.has(key));
  known = now;
  if (!isNew) return;
  if (isOn(SOUND)) ring();
  if (isOn(NOTIFY)) notify(words);
}

function show(button, name) {
  button.setAttribute("aria-pressed", String(isOn(name)));
}

function startSound(button) {
  show(button, SOUND);
  button.addEventListener("click", () => {
    localStorage.setItem(SOUND, isOn(SOUND) ? "off" : "on");
    show(button, SOUND);
    if (isOn(SOUND)) ring();
  });
}

function startNotify(button) {
  if (!window.Notification) return;
  button.hidden = false;
  show(button, NOTIFY);
  button.addEventListener("click", async () => {
    const wanted = !isOn(NOTIFY) && (await Notification.requestPermission()) === "granted";
    localStorage.setItem(NOTIFY, wanted ? "on" : "off");
    show(button, NOTIFY);
  });
}

export function startBoard() {
  const tools = document.getElementById("board-tools");
  if (!tools) return;
  startSound(tools.querySelector("[data-board-sound]"));
  startNotify(tools.querySelector("[data-board-notify]"));
  known = alarms();
  document.addEventListener("htmx:afterSettle", () => tellNew(tools.dataset));
  // Whoever is just choosing a colleague is not disturbed; the next look comes within seconds.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "board" && event.target.contains(document.activeElement?.closest("form"))) {
      if (document.activeElement.tagName === "SELECT") event.preventDefault();
    }
  });
}
