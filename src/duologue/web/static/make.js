// The forms of the studio: files are sent as they are chosen, the order when the button is pressed.

import { call, post } from "./api.js";
import { $, $$, make } from "./dom.js";

const form = $("#make"), kind = form.dataset.kind;
const uploads = new Map();
let sending = 0;

const lines = (id) => ($(`#${id}`)?.value ?? "").split("\n").map((line) => line.trim()).filter(Boolean);
const list = (id) => ($(`#${id}`)?.value ?? "").split(",").map((word) => word.trim()).filter(Boolean);
const text = (id) => $(`#${id}`)?.value.trim() ?? "";

function fault(message) {
  $("#fault").textContent = message;
  $("#fault").hidden = !message;
}

// Files

async function send(file) {
  const line = make("li", {}, make("span", { class: "grow" }, `${file.name}: sending …`));
  $("#uploads").append(line);
  sending++;
  try {
    const response = await call("POST", `/v1/studio/uploads?name=${encodeURIComponent(file.name)}`, file);
    const upload = await response.json();
    uploads.set(upload.id, upload);
    const what = upload.articles > 1 ? `${upload.articles} articles` : `${upload.characters.toLocaleString("en")} characters`;
    line.replaceChildren(make("span", { class: "grow" }, `${upload.name}: ${what}`), make("button", { class: "button quiet small", type: "button", onclick: () => { uploads.delete(upload.id); line.remove(); } }, "Remove", make("span", { class: "visually-hidden" }, ` ${upload.name}`)));
  } catch (error) {
    line.className = "bad";
    line.replaceChildren(make("span", { class: "grow" }, error.message));
  } finally {
    sending--;
  }
}

$("#files")?.addEventListener("change", async () => {
  const files = [...$("#files").files];
  $("#files").value = "";
  for (const file of files) await send(file);
});
$("#one-file")?.addEventListener("change", async () => {
  const file = $("#one-file").files[0];
  if (file) $("#text").value = (await file.text()).slice(0, 400000);
});

// Who speaks in a podcast

function speakers() {
  const format = $("#format").selectedOptions[0], count = $("#count"), place = $("#speakers");
  const { fewest, most, usual } = format.dataset;
  if (count.dataset.format !== format.value) {
    count.dataset.format = format.value;
    count.replaceChildren(...Array.from({ length: most - fewest + 1 }, (_, i) => make("option", {}, String(Number(fewest) + i))));
    count.value = usual;
    $("#minutes").value = format.dataset.minutes;
  }
  const names = place.dataset.names.split(","), voices = place.dataset.voices.split(","), roles = format.dataset.roles.split(",");
  while (place.children.length > Number(count.value)) place.lastElementChild.remove();
  while (place.children.length < Number(count.value)) {
    const at = place.children.length, row = $("#speaker").content.firstElementChild.cloneNode(true);
    const [name, voice] = [$("input", row), $("select", row)];
    name.id = `name-${at}`;
    voice.id = `voice-${at}`;
    const [first, second] = $$("label", row);
    first.htmlFor = name.id;
    second.htmlFor = voice.id;
    name.value = names[at] ?? `Speaker ${at + 1}`;
    if ([...voice.options].some((o) => o.value === voices[at])) voice.value = voices[at];
    place.append(row);
  }
  [...place.children].forEach((row, at) => { $("label", row).textContent = `Name (${roles[at % roles.length]})`; });
}

// The order

function order() {
  const sounds = $$("input[name=sound]:checked").map((box) => box.value);
  const body = { formats: ["mp3", ...sounds], music: $("#music").value };
  if (text("title")) body.title = text("title");
  if (text("writer")) body.writer = text("writer");
  if (kind === "expression") {
    Object.assign(body, { text: $("#text").value, mode: $("input[name=mode]:checked").value, voice: $("#voice").value, style: $("#style").value, speed: Number($("#speed").value) });
    return body;
  }
  body.minutes = Number($("#minutes").value);
  body.uploads = [...uploads.keys()];
  if (kind === "daily") {
    Object.assign(body, {
      feeds: lines("feeds"), style: $("#style").value, voice: $("#voice").value, name: text("name"), more: list("more"), less: list("less"),
      never: list("never"), weather: text("weather"), calendar: lines("calendar"), remember: $("#remember").checked,
    });
  } else {
    Object.assign(body, { addresses: lines("addresses"), text: $("#text").value, format: $("#format").value });
    body.speakers = [...$("#speakers").children].map((row) => ({ name: $("input", row).value.trim(), voice: $("select", row).value }));
  }
  return body;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  fault("");
  if (sending) { fault("A file is still on its way; a moment."); return; }
  $("#go").disabled = true;
  $("#state").textContent = "Sending the order …";
  try {
    const job = await post(`/v1/studio/${kind}`, order());
    location.assign(`/studio?job=${job.id}`);
  } catch (error) {
    fault(error.message);
    $("#state").textContent = "";
    $("#go").disabled = false;
  }
});

function told() {
  if ($("#minutes")) $("#minutes-out").textContent = `${Number($("#minutes").value)}`;
  if ($("#speed")) $("#speed-out").textContent = `${Number($("#speed").value).toFixed(2)} ×`;
  if ($("#format")) {
    speakers();
    $("#format-hint").textContent = $("#format").selectedOptions[0].dataset.hint;
  }
}
form.addEventListener("input", told);
form.addEventListener("change", told);
told();
