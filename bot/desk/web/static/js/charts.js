// Draws the charts of a report from the numbers in the page. Each has its table, so that nothing is lost without this.

const data = document.getElementById("charts");
const boxes = [...document.querySelectorAll("[data-chart]")];
const COLOURS = ["--tblr-primary", "--tblr-orange", "--tblr-teal", "--tblr-purple", "--tblr-yellow", "--tblr-red", "--tblr-cyan", "--tblr-secondary"];
const DASHES = [[], [6, 4], [2, 3]];
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const drawn = [];

function colour(name) {
  return getComputedStyle(document.body).getPropertyValue(name).trim() || "#206bc4";
}

function dataset(series, number, wanted) {
  const own = colour(COLOURS[number % COLOURS.length]);
  return {
    label: series.name,
    data: series.values,
    borderColor: own,
    backgroundColor: own,
    borderDash: wanted.kind === "line" ? DASHES[number % DASHES.length] : undefined,
    pointRadius: wanted.labels.length > 40 ? 0 : 3,
    maxBarThickness: 42,
    spanGaps: false,
  };
}

function settings(wanted) {
  const ink = colour("--tblr-body-color");
  const line = colour("--tblr-border-color");
  const isRtl = document.documentElement.dir === "rtl";
  const across = wanted.kind === "across";
  const stacked = wanted.kind === "stacked";
  const numbers = {
    beginAtZero: true,
    stacked,
    max: wanted.percent ? 100 : undefined,
    ticks: { color: ink, precision: 0, callback: (value) => (wanted.percent ? value + "%" : value) },
    grid: { color: line },
  };
  const names = { stacked, reverse: isRtl && !across, ticks: { color: ink, autoSkip: !across, callback: shortened }, grid: { display: false } };
  if (across) numbers.reverse = isRtl;
  if (isRtl) (across ? names : numbers).position = "right";
  return {
    animation: still ? false : undefined,
    maintainAspectRatio: false,
    indexAxis: across ? "y" : "x",
    scales: across ? { x: numbers, y: names } : { x: names, y: numbers },
    plugins: {
      legend: { display: wanted.series.length > 1, rtl: isRtl, labels: { color: ink } },
      tooltip: { rtl: isRtl, textDirection: isRtl ? "rtl" : "ltr" },
    },
  };
}

function shortened(value) {
  const label = String(this.getLabelForValue(value));
  const most = innerWidth < 600 ? 16 : 42;
  return label.length > most ? label.slice(0, most - 1) + "…" : label;
}

function draw() {
  drawn.splice(0).forEach((chart) => chart.destroy());
  const all = JSON.parse(data.textContent);
  for (const box of boxes) {
    const wanted = all[box.dataset.chart];
    if (!wanted || !wanted.series.some((series) => series.values.some((value) => value !== null))) continue;
    box.hidden = false;
    box.classList.toggle("is-tall", wanted.kind === "across" && wanted.labels.length > 10);
    box.classList.toggle("is-low", wanted.kind === "across" && wanted.labels.length < 4);
    const type = wanted.kind === "line" ? "line" : "bar";
    drawn.push(new window.Chart(box.querySelector("canvas"), {
      type,
      data: { labels: wanted.labels, datasets: wanted.series.map((series, number) => dataset(series, number, wanted)) },
      options: settings(wanted),
    }));
  }
}

if (data && window.Chart) {
  window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  draw();
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}
