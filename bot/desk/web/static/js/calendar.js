// The calendar: arrow keys go from day to day, and a message can be dragged to another one.

const calendar = document.getElementById("calendar");
const cells = [...calendar.querySelectorAll(".cal-cell")];
const moveDialog = document.getElementById("cal-move");
const fixedDialog = document.getElementById("cal-fixed");
const DAYS_OF_A_WEEK = 7;
let dragged = null;

function stepOf(key) {
  const forward = getComputedStyle(calendar).direction === "rtl" ? -1 : 1;
  const steps = {
    ArrowRight: forward,
    ArrowLeft: -forward,
    ArrowDown: DAYS_OF_A_WEEK,
    ArrowUp: -DAYS_OF_A_WEEK,
  };
  return steps[key] ?? 0;
}

function onKey(event) {
  const link = event.target.closest(".cal-link");
  const step = stepOf(event.key);
  if (!link || !step || event.ctrlKey || event.metaKey || event.altKey) return;
  const next = cells[cells.indexOf(link.closest(".cal-cell")) + step];
  if (!next) return;
  event.preventDefault();
  next.querySelector(".cal-link").focus();
}

function startDrag(event) {
  const item = event.target.closest?.(".cal-item");
  if (!item) return;
  if (item.dataset.fixed) {
    event.preventDefault();
    fixedDialog.querySelector("a").href = item.dataset.fixed;
    fixedDialog.showModal();
    return;
  }
  dragged = item;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", item.dataset.name);
  item.classList.add("is-dragged");
}

function overCell(event) {
  const cell = event.target.closest?.(".cal-cell");
  for (const each of cells) each.classList.toggle("is-over", Boolean(dragged) && each === cell);
  if (dragged && cell) event.preventDefault();
}

function endDrag() {
  dragged?.classList.remove("is-dragged");
  for (const each of cells) each.classList.remove("is-over");
  dragged = null;
}

function drop(event) {
  const cell = event.target.closest?.(".cal-cell");
  const item = dragged;
  endDrag();
  if (!item || !cell || cell.dataset.day === item.dataset.from) return;
  event.preventDefault();
  const form = moveDialog.querySelector("form");
  form.action = item.dataset.move;
  form.elements.to.value = cell.dataset.day;
  form.elements.version.value = item.dataset.version;
  moveDialog.querySelector("[data-name]").textContent = item.dataset.name;
  moveDialog.querySelector("[data-to]").textContent = cell.dataset.label;
  // Nobody has approved a draft: it is moved at once, and can be moved back.
  if ("asks" in item.dataset) moveDialog.showModal();
  else form.requestSubmit();
}

for (const item of calendar.querySelectorAll("[data-move], [data-fixed]")) item.draggable = true;
for (const hint of document.querySelectorAll(".cal-hint")) hint.hidden = false;
for (const button of document.querySelectorAll("[data-closes]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
calendar.addEventListener("keydown", onKey);
calendar.addEventListener("dragstart", startDrag);
calendar.addEventListener("dragover", overCell);
calendar.addEventListener("drop", drop);
calendar.addEventListener("dragend", endDrag);
