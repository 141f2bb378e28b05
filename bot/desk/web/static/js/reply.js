// The reply box: its draft is kept until it is sent, by the desk (the box itself sends it there) and in this tab, for the time
// in which the desk cannot be reached; of the two, what was typed last is shown.
import { now } from "./clocks.js";

const PREFIX = "suar-desk-draft:";

function draftKey() {
  const staff = document.querySelector("[data-staff]")?.dataset.staff;
  const caseId = document.querySelector("[data-case]")?.dataset.case;
  return `${PREFIX}${staff}:${caseId}`;
}

function keep(text) {
  sessionStorage.setItem(draftKey(), JSON.stringify({ text, at: now() }));
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(draftKey())) || { text: "", at: 0 };
  } catch {
    return { text: "", at: 0 };
  }
}

function forget(all) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX) && (all || key === draftKey())) sessionStorage.removeItem(key);
  }
}

export function startReply() {
  document.addEventListener("submit", (event) => {
    const forgets = event.target.dataset.forgets;
    if (forgets !== undefined) forget(forgets !== "case");
  });
  const form = document.getElementById("reply-form");
  const box = document.getElementById("reply-text");
  if (!form || !box) return;
  const foot = document.getElementById("reply-count");
  const notSent = document.getElementById("not-sent");

  const show = () => {
    foot.querySelector("[data-count]").textContent = box.value.length;
    foot.classList.toggle("is-near", box.value.length > 0.9 * Number(foot.dataset.max));
  };
  const own = kept();
  if (own.text && (!box.value || own.at > Date.parse(box.dataset.draftAt || 0))) box.value = own.text;
  show();
  // Whoever was quicker than this script, and is elsewhere already, is left there.
  if (document.activeElement === document.body) box.focus({ preventScroll: true });

  box.addEventListener("input", () => {
    if (box.value) keep(box.value);
    else forget(false);
    show();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
    if (event.key === "Escape") box.blur();
  });

  let sent = "";
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt !== form) return;
    sent = box.value;
    notSent.hidden = true;
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    form.addEventListener(name, (event) => {
      if (event.detail.elt === form) notSent.hidden = false;
    });
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt === form && !event.detail.successful) sent = "";
  });
  const takeOutSent = () => {
    // What was typed while the reply was under way stays.
    if (sent && box.value.startsWith(sent)) box.value = box.value.slice(sent.length).trimStart();
    sent = "";
  };
  // The answer is here, though not all of it is settled: what comes into the box from now on stays there.
  form.addEventListener("desk:answered", takeOutSent);
  document.addEventListener("desk:replied", () => {
    takeOutSent();
    if (!box.value) forget(false);
    // Also tells the desk what the draft is now.
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus({ preventScroll: true });
  });
}
