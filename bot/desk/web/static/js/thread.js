// The conversation's lines: stay at the newest, unless the reader has scrolled up; say new ones aloud.

const NEAR_PX = 120;

export function startThread() {
  const lines = document.getElementById("lines");
  const talk = document.getElementById("talk");
  if (!lines || !talk) return;
  const button = document.getElementById("to-newest");
  const heard = document.getElementById("heard");
  let newest = newestOf(talk, ".line");
  let newestFromPerson = newestOf(talk, ".line-person");
  let wasNear = true;

  const isNear = () => lines.scrollHeight - lines.scrollTop - lines.clientHeight < NEAR_PX;
  const toNewest = () => {
    lines.scrollTop = lines.scrollHeight;
    button.hidden = true;
  };

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!talk.contains(event.detail.target)) return;
    wasNear = isNear();
    const after = event.detail.xhr.getResponseHeader("X-Desk-After");
    if (after === null || after === document.getElementById("seen")?.value) return;
    // These lines were to come below a talk that has been drawn anew meanwhile: put there now, they would stand twice.
    event.detail.shouldSwap = false;
    window.htmx.trigger(talk, "desk:again");
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!talk.contains(event.detail.target)) return;
    const [all, person] = [newestOf(talk, ".line"), newestOf(talk, ".line-person")];
    if (person > newestFromPerson) {
      heard.textContent = talk.querySelector(`[data-line="${person}"]`)?.textContent || "";
    }
    if (wasNear) toNewest();
    else if (all > newest) button.hidden = false;
    [newest, newestFromPerson] = [all, person];
    if (talk.querySelector("[data-gone]")) document.querySelector("dialog#close")?.remove();
  });
  lines.addEventListener("scroll", () => {
    wasNear = isNear();
    if (wasNear) button.hidden = true;
  });
  // A banner that appears or a reply box that grows takes room; the newest line stays in sight.
  new ResizeObserver(() => wasNear && toNewest()).observe(lines);
  button.addEventListener("click", toNewest);
  document.addEventListener("desk:replied", () => {
    wasNear = true;
  });
  toNewest();
}

function newestOf(talk, selector) {
  return Math.max(0, ...[...talk.querySelectorAll(`${selector}[data-line]`)].map((el) => Number(el.dataset.line)));
}
