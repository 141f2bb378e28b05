// The editor of quizzes: says what is not saved yet, asks before something is taken out, and lets questions be dragged.

function guard(form) {
  const badge = form.closest(".card").querySelector("[data-unsaved]");
  let unsaved = false;
  form.addEventListener("input", () => {
    unsaved = true;
    if (badge) badge.hidden = false;
  });
  form.addEventListener("submit", () => { unsaved = false; });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}

function askFirst() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-sure]");
    if (button && !window.confirm(button.dataset.sure)) event.preventDefault();
  });
}

function sendTo(item, place) {
  const form = item.querySelector(".quiz-arrange");
  const field = form.elements.place;
  field.disabled = false;
  field.value = place;
  const act = document.createElement("input");
  Object.assign(act, { type: "hidden", name: "do", value: "place" });
  form.append(act);
  form.submit();
}

// By pointer, so that it works with a finger as well; the buttons beside it do the same by keyboard.
function sortable(list) {
  const items = () => [...list.querySelectorAll("[data-question]")];
  let held = null;
  const under = (event) => document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-question]");
  const clear = () => items().forEach((each) => each.classList.remove("is-over", "is-held"));
  for (const grip of list.querySelectorAll(".grip")) {
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      held = grip.closest("[data-question]");
      held.classList.add("is-held");
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (!held) return;
      items().forEach((each) => each.classList.remove("is-over"));
      const over = under(event);
      if (over && over !== held) over.classList.add("is-over");
    });
    grip.addEventListener("pointerup", (event) => {
      const over = held && under(event);
      const moved = held;
      held = null;
      clear();
      if (over && over !== moved) sendTo(moved, items().indexOf(over));
    });
    grip.addEventListener("pointercancel", () => { held = null; clear(); });
  }
}

// The preview follows by itself: a button that loads the page anew would only lose what is typed.
function previewFollows() {
  const button = document.querySelector("#question-form") && document.querySelector("#looks button");
  if (button) button.hidden = true;
}

previewFollows();
document.querySelectorAll("[data-guarded]").forEach(guard);
document.querySelectorAll("[data-sortable]").forEach(sortable);
askFirst();
