// A file for the person: chosen by a button that looks like the others, named until it is sent, and refused before a byte of it
// leaves where it is too large. Without script the browser's own field does the same, and the desk has the last word.
const SENDING_MS = 180000;

export function startAttach() {
  const input = document.getElementById("reply-file");
  const form = document.getElementById("reply-form");
  if (!input || !form) return;
  const choose = document.getElementById("attach-choose");
  const chosen = document.getElementById("attach-chosen");
  const tooLarge = document.getElementById("file-too-large");

  const show = () => {
    const [file] = input.files;
    chosen.querySelector("[data-name]").textContent = file ? file.name : "";
    chosen.hidden = !file;
    choose.hidden = Boolean(file);
  };
  const drop = () => {
    input.value = "";
    show();
  };

  document.getElementById("attach").classList.add("is-live");
  input.hidden = true;
  show();
  choose.addEventListener("click", () => input.click());
  document.getElementById("attach-drop").addEventListener("click", () => {
    drop();
    choose.focus();
  });
  input.addEventListener("change", () => {
    const [file] = input.files;
    tooLarge.hidden = !file || file.size <= Number(input.dataset.max);
    if (!tooLarge.hidden) input.value = "";
    show();
  });
  let sent = null;
  form.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== form) return;
    [sent = null] = input.files;
    // On a slow line a file takes longer than words; what is lost on the way is still said.
    if (sent) event.detail.timeout = SENDING_MS;
  });
  document.addEventListener("desk:replied", () => {
    // What was chosen while the reply was under way stays.
    if (sent && input.files[0] === sent) drop();
  });
}
