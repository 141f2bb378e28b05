// The zoom of a drawing: by buttons, and by + - 0 while the drawing has the focus. Without script it has its own size.
const STEP = 1.25;
const SMALLEST = 0.25;
const LARGEST = 4;
const MARGIN = 16;

export function startDrawing() {
  const bar = document.querySelector("[data-zoom]");
  const box = document.querySelector("[data-picture]");
  const svg = box?.querySelector("svg");
  if (!bar || !svg) return;
  const { width, height } = svg.viewBox.baseVal;
  let zoom = 1;

  const show = (wanted) => {
    zoom = Math.min(LARGEST, Math.max(SMALLEST, wanted));
    svg.setAttribute("width", width * zoom);
    svg.setAttribute("height", height * zoom);
    bar.querySelector("output").value = `${Math.round(zoom * 100)}\u00a0%`;
  };
  const actions = {
    in: () => show(zoom * STEP),
    out: () => show(zoom / STEP),
    fit: () => show(box.clientWidth / width),
  };
  const keys = { "+": "in", "=": "in", "-": "out", 0: "fit" };

  bar.addEventListener("click", (event) => actions[event.target.closest("[data-zoom-by]")?.dataset.zoomBy]?.());
  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    actions[keys[event.key]]();
  });
  // A small screen shows a corner of the picture: the step asked for, else the one that the flow begins with.
  const showFirst = () => {
    const first = svg.querySelector(":target") ?? svg.querySelector(".begins") ?? svg.querySelector(".box");
    const [at, frame] = [first.getBoundingClientRect(), box.getBoundingClientRect()];
    box.scrollBy({ left: at.left - frame.left - MARGIN, top: at.top - frame.top - MARGIN, behavior: "instant" });
    // The picture itself may begin below what the screen shows.
    first.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  };

  window.addEventListener("hashchange", showFirst);
  bar.hidden = false;
  show(1);
  showFirst();
}
