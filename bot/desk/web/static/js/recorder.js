// Records a voice in the page and puts it into the form's own file field: sending it is the same as with a chosen file.
// Where a browser cannot record, the field alone is there.
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const BITS = 32000;

export function startRecorder() {
  const box = document.getElementById("recorder");
  const input = document.getElementById("file");
  const kind = window.MediaRecorder && KINDS.find((each) => MediaRecorder.isTypeSupported(each));
  if (!box || !input || !kind || !navigator.mediaDevices) return;
  const [start, stop] = ["record-start", "record-stop"].map((id) => document.getElementById(id));
  const said = document.getElementById("record-said");
  const time = document.getElementById("record-time");
  const heard = document.getElementById("record-heard");
  const longest = Number(box.dataset.maxS);
  let recorder = null;
  let ticking = 0;
  box.hidden = false;

  const show = (isOn) => {
    start.hidden = isOn;
    stop.hidden = !isOn;
    time.hidden = !isOn;
    (isOn ? stop : start).focus();
  };
  const keep = (parts) => {
    const ending = kind.slice(6, 10).replace(";", "");
    const file = new File(parts, `recording.${ending}`, { type: kind });
    const chosen = new DataTransfer();
    chosen.items.add(file);
    input.files = chosen.files;
    URL.revokeObjectURL(heard.src);
    heard.src = URL.createObjectURL(file);
    heard.hidden = false;
    said.textContent = said.dataset.done;
  };
  const tick = (since) => {
    const seconds = Math.floor((Date.now() - since) / 1000);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds >= longest - 1 && recorder.state === "recording") recorder.stop();
  };

  start.addEventListener("click", async () => {
    let line;
    try {
      line = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch {
      said.textContent = said.dataset.noMicrophone;
      return;
    }
    const parts = [];
    const since = Date.now();
    recorder = new MediaRecorder(line, { mimeType: kind, audioBitsPerSecond: BITS });
    recorder.addEventListener("dataavailable", (event) => event.data.size && parts.push(event.data));
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      line.getTracks().forEach((track) => track.stop());
      show(false);
      keep(parts);
    });
    recorder.start();
    said.textContent = said.dataset.on;
    tick(since);
    ticking = setInterval(tick, 500, since);
    show(true);
  });
  stop.addEventListener("click", () => recorder.stop());
}
