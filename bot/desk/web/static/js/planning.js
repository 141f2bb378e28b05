// Whom and when: a long list of choices can be narrowed by typing. All else is the server's doing.

function narrow(box) {
  const wanted = box.value.trim().toLocaleLowerCase();
  for (const option of document.getElementById(box.dataset.filters).children) {
    const isChosen = option.querySelector("input").checked;
    option.hidden = !isChosen && !option.textContent.toLocaleLowerCase().includes(wanted);
  }
}

function showFilters() {
  for (const filter of document.querySelectorAll(".plan-filter[hidden]")) filter.hidden = false;
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filters]")) narrow(event.target);
});
document.addEventListener("keydown", (event) => {
  // Enter in the box that narrows a list must not send the form.
  if (event.key === "Enter" && event.target.matches("[data-filters]")) event.preventDefault();
});
// What could be added changes nothing yet: it is no reason to count anew.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.name?.startsWith("new.")) event.stopPropagation();
  },
  true,
);
document.addEventListener("htmx:afterSettle", showFilters);
showFilters();
