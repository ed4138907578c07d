// Two contestants of one's choice, with their names; nothing is counted.

import { call, post } from "./api.js";
import { fault, say } from "./arena.js";
import { ask, clear, enterSends } from "./arena_turns.js";
import { $ } from "./dom.js";

let battle = "", busy = false;

if ($("#ask")) {
  const kind = $("#battle").dataset.kind;

  function lock(on) {
    for (const side of ["left", "right"]) $(`#who-${side}`).disabled = on;
    $("#again").hidden = !on;
  }

  function begin() {
    battle = "";
    clear();
    lock(false);
    fault(null);
    $("#prompt").focus();
  }

  async function clips() {
    for (const side of ["left", "right"]) {
      const response = await call("GET", `/v1/arena/battles/${battle}/clips/${side}.wav`);
      const audio = $(`audio[data-side=${side}]`);
      URL.revokeObjectURL(audio.src);
      audio.src = URL.createObjectURL(await response.blob());
    }
    $("#sides").hidden = false;
    battle = "";
    say("Both clips are there.");
  }

  async function send() {
    const prompt = $("#prompt").value.trim();
    if (!prompt || busy) return;
    busy = true;
    fault(null);
    $("#send").disabled = true;
    try {
      if (!battle) {
        const told = await post("/v1/arena/battles", { kind, prompt, left: $("#who-left").value, right: $("#who-right").value });
        battle = told.id;
        for (const side of ["left", "right"]) $(`.side.${side} .who`).textContent = told[side];
      }
      if (kind === "speech") await clips();
      else {
        await ask(battle, prompt);
        lock(true);
        $("#prompt").value = "";
        $("#prompt").focus();
      }
    } catch (error) {
      fault(error);
      if (kind === "text" && !$("#turns-left").children.length) begin();
      fault(error);
    } finally {
      busy = false;
      $("#send").disabled = false;
    }
  }

  $("#ask").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  enterSends($("#ask"), $("#prompt"));
  $("#again").addEventListener("click", begin);
}
