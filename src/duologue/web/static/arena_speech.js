// A blind battle of speech: two clips, each heard to its end, then a vote.

import { call, post } from "./api.js";
import { Ballot, Offers, fault, keys, letters, say } from "./arena.js";
import { enterSends } from "./arena_turns.js";
import { $, $$ } from "./dom.js";

let battle = "", busy = false, over = false;
const heard = { left: false, right: false };

if ($("#ask")) {
  const offers = new Offers($$("#offer option").map((option) => option.value));
  const ballot = new Ballot(() => battle, () => { over = true; stop(); }, begin);
  const sound = (side) => $(`[data-side=${side}] audio`);
  const card = (side) => $(`[data-side=${side}]`);

  function stop() {
    for (const side of ["left", "right"]) sound(side).pause();
  }

  function show(side) {
    const playing = !sound(side).paused && !sound(side).ended;
    $("[data-label]", card(side)).textContent = `${playing ? "Pause" : "Play"} ${letters[side]}`;
    card(side).classList.toggle("playing", playing);
  }

  /** Whether all of a clip has really been played, whoever moved its needle. */
  function whole(audio) {
    let sum = 0;
    for (let i = 0; i < audio.played.length; i++) sum += audio.played.end(i) - audio.played.start(i);
    return sum >= audio.duration - 0.35;
  }

  async function ended(side) {
    show(side);
    if (heard[side] || over || !whole(sound(side))) return;
    const of = battle;
    try {
      const told = await post(`/v1/arena/battles/${of}/heard`, { side });
      if (of !== battle) return;
      heard[side] = true;
      card(side).classList.add("was-heard");
      $(".heard", card(side)).textContent = "Heard to the end";
      ballot.open = told.votable;
      say(told.votable ? "Both have been heard. You can vote now." : `${letters[side]} has been heard. Now the other one.`);
    } catch (error) {
      fault(error);
    }
  }

  function play(side) {
    if (!battle) return;
    const audio = sound(side), other = sound(side === "left" ? "right" : "left");
    if (!audio.paused && !audio.ended) { audio.pause(); return; }
    other.pause();
    audio.play().catch(fault);
  }

  function begin() {
    stop();
    battle = "";
    over = false;
    ballot.reset();
    fault(null);
    $("#judge").hidden = true;
    $("#sides").hidden = true;
    $("#spoken").hidden = true;
    $("#ask").hidden = false;
    suggest();
    say("A new battle.");
  }

  function suggest() {
    if (busy) return;
    $("#prompt").value = offers.next();
    $("#offer").value = $("#prompt").value;
    $("#prompt").focus();
  }

  async function send() {
    const prompt = $("#prompt").value.trim();
    if (!prompt || busy) return;
    busy = true;
    fault(null);
    $("#send").disabled = true;
    $("#send span").textContent = "Both are speaking …";
    say("Both are speaking.");
    try {
      battle = (await post("/v1/arena/battles", { kind: "speech", prompt })).id;
      for (const side of ["left", "right"]) {
        heard[side] = false;
        card(side).classList.remove("was-heard", "won");
        $(".heard", card(side)).textContent = "Not heard yet";
        $("progress", card(side)).value = 0;
        const response = await call("GET", `/v1/arena/battles/${battle}/clips/${side}.wav`);
        URL.revokeObjectURL(sound(side).src);
        sound(side).src = URL.createObjectURL(await response.blob());
        show(side);
      }
      over = false;
      ballot.reset();
      $("#ask").hidden = true;
      $("#spoken").textContent = prompt;
      $("#spoken").hidden = false;
      $("#sides").hidden = false;
      $("#judge").hidden = false;
      $("[data-play=left]").focus();
      say("Both clips are there. Key 1 plays A, key 2 plays B.");
    } catch (error) {
      battle = "";
      fault(error);
    } finally {
      busy = false;
      $("#send").disabled = false;
      $("#send span").textContent = "Have both say it";
    }
  }

  for (const side of ["left", "right"]) {
    const audio = sound(side);
    audio.addEventListener("timeupdate", () => { $("progress", card(side)).value = audio.duration ? audio.currentTime / audio.duration : 0; });
    for (const name of ["play", "pause"]) audio.addEventListener(name, () => show(side));
    audio.addEventListener("ended", () => ended(side));
    $(`[data-play=${side}]`).addEventListener("click", () => play(side));
  }
  $("#offer").addEventListener("change", () => { $("#prompt").value = $("#offer").value; });
  $("#ask").addEventListener("submit", (event) => { event.preventDefault(); send(); });
  enterSends($("#ask"), $("#prompt"));
  $("#suggest").addEventListener("click", suggest);
  keys({
    1: () => play("left"),
    2: () => play("right"),
    a: () => ballot.vote("left"),
    b: () => ballot.vote("right"),
    t: () => ballot.vote("tie"),
    x: () => ballot.vote("both_bad"),
    n: () => { if (over) begin(); },
    p: () => $("#prompt").focus(),
    s: () => { if (!battle || over) suggest(); },
  });
  suggest();
  $("#prompt").blur();
}
