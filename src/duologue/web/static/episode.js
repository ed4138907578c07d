// An episode: its words light up as they are said; turns are edited and the changed ones rendered.

import { call, patch, post, remove } from "./api.js";
import { $, $$, make, toast } from "./dom.js";
import { listen, over } from "./jobs.js";

const id = $("#episode").dataset.id, here = `/v1/studio/episodes/${id}`;
const audio = $("#audio");

// Playing

const words = $$(".word").map((span) => ({ span, start: Number(span.dataset.s), end: Number(span.dataset.e), turn: span.closest(".turn") }));
const chapters = $$(".chapters button").map((button) => ({ button, start: Number(button.dataset.s) }));
let lit = null, on = null;

function show() {
  const now = audio.currentTime;
  let low = 0, high = words.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (words[middle].start <= now) low = middle + 1;
    else high = middle;
  }
  const word = words[low - 1];
  const span = word && now < word.end + 0.3 ? word.span : null;
  if (span !== lit) {
    lit?.classList.remove("lit");
    span?.classList.add("lit");
    lit = span;
  }
  const turn = word?.turn ?? null;
  if (turn !== on) {
    on?.classList.remove("on");
    turn?.classList.add("on");
    on = turn;
    if (turn && !audio.paused && !$("#editing").checked) {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const box = turn.getBoundingClientRect();
      if (box.top < 80 || box.bottom > innerHeight - 40) turn.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    }
  }
  let current = null;
  for (const chapter of chapters) if (chapter.start <= now + 0.05) current = chapter;
  for (const { button } of chapters) {
    if (button === current?.button) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  if (!audio.paused) requestAnimationFrame(show);
}
audio.addEventListener("play", () => requestAnimationFrame(show));
audio.addEventListener("seeked", show);
$("#turns").addEventListener("click", (event) => {
  const word = event.target.closest(".word");
  if (word && !$("#editing").checked) { audio.currentTime = Number(word.dataset.s); audio.play(); }
});
for (const { button, start } of chapters) button.addEventListener("click", () => { audio.currentTime = start; audio.play(); });
$("#pace").addEventListener("change", () => { audio.playbackRate = Number($("#pace").value); });

// Editing

const dialog = $("#edit-dialog");
let asking = null;

function edit(turn, adding) {
  asking = { turn: turn.dataset.turn, adding, before: turn.dataset };
  $("#edit-head").textContent = adding ? "A new line after this one" : "Edit the line";
  $("#edit-text").value = adding ? "" : turn.dataset.text;
  if ($("#edit-speaker")) $("#edit-speaker").value = turn.dataset.speaker;
  choose($("#edit-voice"), turn.dataset.voice);
  choose($("#edit-style"), turn.dataset.style);
  $("#edit-fault").hidden = true;
  dialog.returnValue = "";
  dialog.showModal();
  $("#edit-text").focus();
}

/** Select a value that may not be listed, such as a blend. */
function choose(select, value) {
  if (![...select.options].some((option) => option.value === value)) select.append(make("option", { value }, value));
  select.value = value;
}

$("#edit-save").addEventListener("click", async (event) => {
  event.preventDefault();
  const { turn, adding, before } = asking, parts = {};
  const now = { text: $("#edit-text").value.trim(), voice: $("#edit-voice").value, style: $("#edit-style").value };
  if ($("#edit-speaker")) now.speaker = $("#edit-speaker").value;
  for (const [name, value] of Object.entries(now)) if (adding ? value : value !== before[name]) parts[name] = value;
  if (now.speaker && now.speaker !== before.speaker && now.voice === before.voice) parts.voice = ""; // the new speaker's own
  if (!Object.keys(parts).length) { dialog.close(); return; }
  try {
    took(await patch(here, { edits: [adding ? { add_after: turn, ...parts } : { turn, ...parts }] }), turn);
    dialog.close();
    if (adding) location.reload();
  } catch (error) {
    $("#edit-fault").textContent = error.message;
    $("#edit-fault").hidden = false;
  }
});

/** Show what the server says of the turns after an edit. */
function took(view, focus) {
  for (const turn of view.turns) {
    const element = document.getElementById(`turn-${turn.id}`);
    if (!element) continue;
    element.className = `turn${turn.change ? ` is-${turn.change}` : ""}`;
    const badge = $(".change", element);
    badge.hidden = !turn.change;
    badge.textContent = turn.change || "changed";
    if (element.dataset.text !== turn.text) {
      $(".text", element).textContent = turn.text;
      $(".grounding", element)?.remove();
    }
    Object.assign(element.dataset, { text: turn.text, voice: turn.voice, style: turn.style, speaker: turn.speaker });
    $(".turn-tools > .soft", element).textContent = `${turn.voice}, ${turn.style}`;
  }
  counted(view);
  if (focus) document.querySelector(`#turn-${focus} [data-do=edit]`)?.focus();
}

function counted(view) {
  const changed = view ? view.turns.filter((turn) => turn.change).length : $$(".turn[class*='is-']").length;
  const gone = view ? view.removed.length : Number($("#draft").dataset.removed || 0);
  const parts = [];
  if (changed) parts.push(`${changed} ${changed === 1 ? "line" : "lines"} changed`);
  if (gone) parts.push(`${gone} removed`);
  $("#draft").hidden = view ? !view.draft : $("#draft").hidden;
  $("#draft-count").textContent = `${parts.join(", ") || "Edited"}.`;
}

$("#editing").addEventListener("change", () => {
  for (const tools of $$(".turn-tools")) tools.hidden = !$("#editing").checked;
});
$("#turns").addEventListener("click", async (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const turn = button.closest(".turn");
  if (button.dataset.do === "edit") edit(turn, false);
  if (button.dataset.do === "add") edit(turn, true);
  if (button.dataset.do === "remove") {
    try {
      const view = await patch(here, { edits: [{ turn: turn.dataset.turn, remove: true }] });
      turn.remove();
      took(view);
      toast("Removed; “Take back” brings it back");
    } catch (error) {
      toast(error.message, "bad");
    }
  }
});
$("#discard").addEventListener("click", async () => {
  try {
    await remove(`${here}/draft`);
    location.reload();
  } catch (error) {
    toast(error.message, "bad");
  }
});

async function rendering(job) {
  const bar = $("#render-progress");
  $("#draft").hidden = false;
  bar.hidden = false;
  $("#render").disabled = $("#discard").disabled = true;
  const last = await listen(job.id, (now) => {
    bar.value = now.share;
    $("#draft-count").textContent = now.state === "queued" ? "Waiting for its turn." : "Rendering.";
  });
  bar.hidden = true;
  $("#render").disabled = $("#discard").disabled = false;
  if (last.state === "done") {
    sessionStorage.setItem("rendered", `Spoken anew: ${last.made}; from the cache: ${last.cached}.`);
    location.reload();
  } else {
    counted(null);
    toast(last.error || `The rendering was ${last.state}.`, "bad");
  }
}

$("#render").addEventListener("click", async () => {
  try {
    await rendering(await post(`${here}/render`));
  } catch (error) {
    toast(error.message, "bad");
  }
});

// Deleting

$("#delete").addEventListener("click", () => $("#delete-dialog").showModal());
$("#delete-dialog").addEventListener("close", async () => {
  if ($("#delete-dialog").returnValue !== "delete") return;
  try {
    await remove(here);
    location.assign("/studio");
  } catch (error) {
    toast(error.message, "bad");
  }
});

// What went on before the page was loaded

if (!$("#draft").hidden) counted(null);
const told = sessionStorage.getItem("rendered");
if (told) {
  sessionStorage.removeItem("rendered");
  toast(told);
}
const jobs = await (await call("GET", "/v1/studio/jobs")).json();
const mine = jobs.data.find((job) => job.kind === "render" && job.request.episode === id && !over(job));
if (mine) rendering(mine).catch((error) => toast(error.message, "bad"));
