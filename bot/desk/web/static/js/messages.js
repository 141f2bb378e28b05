// Campaigns and messages: addresses that are asked for only where one is meant, copying, and a word before typed words are lost.
document.documentElement.classList.add("has-script");

function startAddresses() {
  const show = (choice) => {
    const box = document.querySelector(`[data-for="${choice.id}"]`);
    box?.classList.toggle("is-idle", choice.value !== "web");
  };
  for (const choice of document.querySelectorAll("select[data-address]")) {
    show(choice);
    choice.addEventListener("change", () => show(choice));
  }
}

function startCopying() {
  for (const button of document.querySelectorAll("[data-copies]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    const words = button.innerHTML;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
      button.textContent = button.dataset.copied;
      setTimeout(() => (button.innerHTML = words), 1500);
    });
  }
}

function startUnsaved() {
  const form = document.getElementById("message-form");
  if (!form) return;
  let unsaved = form.dataset.unsaved === "yes";
  form.addEventListener("input", () => (unsaved = true));
  form.addEventListener("submit", () => (unsaved = false));
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
}

// Whoever ticks a city means the people of cities.
function startChoices() {
  for (const choices of document.querySelectorAll("fieldset.choices")) {
    choices.addEventListener("change", () => {
      const radio = document.querySelector(`[name="who"][value="${choices.id}"]`);
      if (radio) radio.checked = true;
    });
  }
}

startAddresses();
startChoices();
startCopying();
startUnsaved();
