// Single keys: n, r, t, u, ?, and g q. They rest while somebody writes, and can be switched off.
import { openDialog } from "./dialogs.js";
import { undoLast } from "./undo.js";

const KEY = "suar-desk-keys";
const G_LASTS_MS = 1500;
let lastG = 0;

function areOn() {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

function isWriting(target) {
  return target.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
}

const actions = {
  n: () => document.querySelector('[data-key="n"]')?.click(),
  r: () => document.querySelector('[data-key="r"]')?.focus(),
  t: () => document.querySelector('[data-key="t"]')?.focus(),
  u: () => undoLast(),
  "?": () => openDialog("keys"),
  q: () => {
    if (Date.now() - lastG < G_LASTS_MS) document.querySelector('[data-go="queue"]')?.click();
  },
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (!areOn() || isWriting(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "g") {
    lastG = Date.now();
    return;
  }
  const action = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
  if (action) {
    event.preventDefault();
    action();
  }
  lastG = 0;
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-keys-switch]")) return;
    try {
      localStorage.setItem(KEY, event.target.checked ? "on" : "off");
    } catch {
      // A browser that keeps nothing has the keys on.
    }
    showSwitches();
  });
  showSwitches();
}

function showSwitches() {
  for (const input of document.querySelectorAll("[data-keys-switch]")) input.checked = areOn();
}
