// The playground: text and manner in, speech out while it is made.

import { Refused, call, speech } from "./api.js";
import { $, $$, clock, copy, money, toast } from "./dom.js";
import { Player, context } from "./player.js";
import { Scope } from "./scope.js";
import { Words } from "./words.js";

const form = $("#speak");
let player = new Player(), stopping = null, seeking = false;
const scope = new Scope($("#scope"), player);
const words = new Words($("#said"), (to) => { player.seek(to); if (!player.playing) player.play(to); follow(); });

// What is asked for

function voice() {
  const first = $("input[name=voice]:checked")?.value ?? "";
  const second = $("#second")?.value;
  if (!second || second === first) return first;
  const share = Number($("#share").value);
  return `${first}(${100 - share})+${second}(${share})`;
}

function asked() {
  const body = { input: $("#text").value, voice: voice() };
  const model = $("#model")?.value;
  if (model) body.model = model;
  if ($("#style").value !== "neutral") body.style = $("#style").value;
  if (Number($("#speed").value) !== 1) body.speed = Number($("#speed").value);
  if (Number($("#pitch").value) !== 0) body.pitch = Number($("#pitch").value);
  if ($("#ssml").checked) body.ssml = true;
  return body;
}

// The same call

const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
const python = (value) => JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => c);

function code() {
  const body = { model: "", ...asked(), response_format: $("#format").value };
  if (!body.model) delete body.model;
  const url = `${location.origin}/v1/audio/speech`;
  const file = `speech.${body.response_format === "pcm" ? "pcm" : body.response_format}`;
  if ($("#tab-curl").getAttribute("aria-selected") === "true") {
    return `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d ${quote(JSON.stringify(body, null, 2))} \\\n  -o ${file}`;
  }
  const { input, voice: who, response_format, speed, model, ...rest } = body;
  const extra = Object.entries(rest).map(([k, v]) => `${python(k)}: ${v === true ? "True" : python(v)}`).join(", ");
  return [
    "from openai import OpenAI", "", `client = OpenAI(base_url=${python(`${location.origin}/v1`)}, api_key="none")`,
    "with client.audio.speech.with_streaming_response.create(",
    `    model=${python(model ?? "")},`, `    voice=${python(who)},`, `    input=${python(input)},`,
    `    response_format=${python(response_format)},`, ...(speed ? [`    speed=${speed},`] : []), ...(extra ? [`    extra_body={${extra}},`] : []),
    ") as answer:", `    answer.stream_to_file(${python(file)})`,
  ].join("\n");
}

function told() {
  $("#count").textContent = `${$("#text").value.length.toLocaleString("en")} characters`;
  $("#speed-out").textContent = `${Number($("#speed").value).toFixed(2)} ×`;
  const pitch = Number($("#pitch").value);
  $("#pitch-out").textContent = `${pitch > 0 ? "+" : ""}${pitch} semitone${Math.abs(pitch) === 1 ? "" : "s"}`;
  if ($("#share")) $("#share-out").textContent = `${$("#share").value} %`;
  $("#style-hint").textContent = $("#style").selectedOptions[0]?.dataset.hint ?? "";
  $("#code").textContent = code();
}

// Playing

function follow() {
  scope.wake();
  const step = () => {
    const now = player.time;
    words.show(player.playing || (now > 0 && now < player.duration) ? now : -1);
    if (!seeking) $("#seek").value = String(now);
    $("#seek").setAttribute("aria-valuetext", `${clock(now)} of ${clock(player.duration)}`);
    $("#clock").textContent = `${clock(now)} / ${clock(player.duration)}`;
    if (player.playing) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function buttons() {
  const busy = stopping !== null;
  $("#stop").disabled = !busy && !player.playing;
  $("#pause").disabled = !player.samples;
  $("#pause").setAttribute("aria-pressed", String(!player.playing && player.time > 0 && player.time < player.duration));
  $("#pause").classList.toggle("paused", !player.playing && player.samples > 0);
  $("#pause span").textContent = player.playing ? "Pause" : player.complete && player.time >= player.duration ? "Again" : "Play";
  $("#seek").disabled = !player.samples;
}

function fault(error) {
  if (error.name === "AbortError") return;
  $("#fault").textContent = error instanceof Refused ? error.message : "The server can't be reached.";
  $("#fault").hidden = false;
  $("#state").textContent = "";
}

function fresh() {
  stopping?.abort();
  player.stop();
  player = new Player();
  player.addEventListener("change", () => { buttons(); scope.wake(); });
  player.addEventListener("ended", () => { $("#state").textContent = "Done."; words.show(-1); });
  scope.player = player;
  $("#fault").hidden = true;
  $("#notices").hidden = true;
  $("#notices").replaceChildren();
}

async function speak() {
  fresh();
  context();
  const body = asked(), mine = new AbortController(), begun = performance.now();
  stopping = mine;
  $("#said").hidden = false;
  words.begin(body.input, body.ssml);
  $("#state").textContent = "Asking …";
  $("#figures").hidden = true;
  buttons();
  const own = player;
  let first = 0;
  try {
    for await (const piece of speech(body, mine.signal)) {
      if (piece.audio) {
        if (!first && piece.audio.length) {
          first = performance.now() - begun;
          $("#state").textContent = "Speaking …";
          own.play(0);
          follow();
        }
        own.push(piece.audio);
        scope.push(piece.audio);
        words.add(piece.words);
        $("#seek").max = String(own.duration);
        for (const notice of piece.notices) {
          const line = document.createElement("li");
          line.textContent = notice;
          $("#notices").append(line);
          $("#notices").hidden = false;
        }
      } else if (piece.bill) bill(piece.bill, first, performance.now() - begun, own);
    }
    own.end();
  } catch (error) {
    own.end();
    fault(error);
  } finally {
    if (stopping === mine) stopping = null;
    buttons();
  }
}

function bill(told, first, whole, own) {
  $("#first").textContent = `${Math.round(first)} ms`;
  $("#length").textContent = `${own.duration.toFixed(1)} s`;
  $("#rate").textContent = `${(own.duration / (whole / 1000)).toFixed(0)} ×`;
  $("#cost").textContent = money(told.cost, told.currency);
  $("#who").textContent = `by ${told.deployment}`;
  $("#who").title = told.reason;
  $("#figures").hidden = false;
}

// Hearing a voice before it is chosen

async function preview(name) {
  fresh();
  context();
  const own = player, mine = new AbortController();
  stopping = mine;
  const text = `Hello, I'm ${name[0].toUpperCase()}${name.slice(1)}. This is how I sound.`;
  $("#said").hidden = false;
  words.begin(text);
  buttons();
  try {
    own.play(0);
    for await (const piece of speech({ input: text, voice: name }, mine.signal)) {
      if (!piece.audio) continue;
      own.push(piece.audio);
      scope.push(piece.audio);
      words.add(piece.words);
      $("#seek").max = String(own.duration);
      follow();
    }
    own.end();
  } catch (error) {
    own.end();
    fault(error);
  } finally {
    if (stopping === mine) stopping = null;
    buttons();
  }
}

async function download() {
  const button = $("#download");
  button.disabled = true;
  $("#fault").hidden = true;
  try {
    const format = $("#format").value;
    const response = await call("POST", "/v1/audio/speech", { ...asked(), response_format: format, stream: false });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = `speech.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    toast(`speech.${format} is on its way`);
  } catch (error) {
    fault(error);
  } finally {
    button.disabled = false;
  }
}

// Wiring

form.addEventListener("submit", (event) => { event.preventDefault(); speak(); });
form.addEventListener("input", told);
form.addEventListener("change", told);
$("#text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
});
$("#stop").addEventListener("click", () => { stopping?.abort(); player.end(); player.stop(); words.show(-1); $("#state").textContent = "Stopped."; });
$("#pause").addEventListener("click", () => { if (player.playing) player.pause(); else { player.play(); follow(); } });
$("#seek").addEventListener("input", () => { seeking = true; player.seek(Number($("#seek").value)); scope.wake(); words.show(player.time); });
$("#seek").addEventListener("change", () => { seeking = false; });
$("#download").addEventListener("click", download);
$("#copy").addEventListener("click", () => copy(code()));
$("#reset").addEventListener("click", () => { $("#style").selectedIndex = 0; $("#speed").value = 1; $("#pitch").value = 0; told(); });
for (const button of $$("[data-preview]")) button.addEventListener("click", () => preview(button.dataset.preview));
for (const button of $$("[data-text]")) {
  button.addEventListener("click", () => {
    $("#text").value = button.dataset.text;
    $("#ssml").checked = Boolean(button.dataset.ssml);
    $("#style").value = button.dataset.style;
    told();
    $("#text").focus();
  });
}
const tabs = [$("#tab-curl"), $("#tab-python")];
function choose(tab) {
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
  $("#code").setAttribute("aria-labelledby", tab.id);
  told();
}
for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs[1 - tabs.indexOf(tab)];
    choose(other);
    other.focus();
  });
}
told();
