// The conversation: kept in this tab alone, sent whole with each question.

import { Refused, call, events, post } from "./api.js";
import { $, $$, copy, money, toast } from "./dom.js";
import { Sentences } from "./sentences.js";
import { Speaker } from "./speaker.js";

const KEPT = "duologue-chat";
let turns = [], writing = null, speaker = null;

function keep() {
  try { sessionStorage.setItem(KEPT, JSON.stringify(turns)); } catch { /* a tab without storage */ }
}

function show(turn) {
  const element = $("#turn").content.firstElementChild.cloneNode(true);
  element.classList.add(turn.role);
  $("h2", element).textContent = turn.role === "user" ? "You" : "Answer";
  $(".body", element).textContent = turn.content;
  $("#empty").hidden = true;
  $("#log").append(element);
  if (turn.role === "assistant") facts(element, turn);
  element.scrollIntoView({ block: "nearest" });
  return element;
}

function facts(element, turn) {
  const foot = $("footer", element);
  foot.hidden = !turn.bill;
  if (!turn.bill) return;
  const parts = [turn.bill.deployment];
  if (turn.first) parts.push(`${Math.round(turn.first)} ms to the first word`);
  if (turn.usage) parts.push(`${turn.usage.completion_tokens} tokens`);
  if (turn.bill.cost) parts.push(money(turn.bill.cost, turn.bill.currency));
  $(".facts", element).textContent = parts.join(" · ");
  $(".facts", element).title = turn.bill.reason;
  $("[data-do=speak]", element).onclick = () => hear(element, turn);
  $("[data-do=copy]", element).onclick = () => copy(turn.content);
  for (const way of ["up", "down"]) {
    const button = $(`[data-do=${way}]`, element);
    button.setAttribute("aria-pressed", String(turn.rated === way));
    button.onclick = () => rate(element, turn, way);
  }
  $(".comment", element).onsubmit = async (event) => {
    event.preventDefault();
    await feedback(turn, $(".comment input", element).value);
    $(".comment", element).hidden = true;
  };
}

async function feedback(turn, text = "") {
  try {
    await post("/v1/feedback", { request_id: turn.bill.id, rating: turn.rated === "up" ? 1 : -1, text });
    toast("Thank you");
  } catch (error) {
    toast(error.message, "bad");
  }
}

async function rate(element, turn, way) {
  turn.rated = way;
  keep();
  for (const one of ["up", "down"]) $(`[data-do=${one}]`, element).setAttribute("aria-pressed", String(one === way));
  await feedback(turn);
  $(".comment", element).hidden = false;
  $(".comment input", element).focus();
}

/** Marks the sentence of the answer that is heard. */
function marker(element, turn) {
  return (sentence) => {
    const body = $(".body", element);
    if (!sentence) { body.textContent = turn.content; return; }
    const mark = document.createElement("span");
    mark.className = "spoken";
    const from = sentence.at + (sentence.text.length - sentence.text.trimStart().length);
    const to = sentence.at + sentence.text.length;
    mark.textContent = turn.content.slice(from, to);
    body.replaceChildren(turn.content.slice(0, from), mark, turn.content.slice(to));
    element.mark = [from, to];
  };
}

function hear(element, turn) {
  speaker?.stop();
  speaker = new Speaker($("#voice").value, marker(element, turn), (error) => toast(error.message, "bad"));
  const cut = new Sentences();
  speaker.say([...cut.push(turn.content), ...cut.rest()]);
  speaker.end();
  $("#stop").hidden = false;
  speaker.player.addEventListener("ended", idle);
}

function idle() {
  const busy = writing !== null || (speaker?.player.playing ?? false);
  $("#stop").hidden = !busy;
  $("#send").hidden = writing !== null;
}

async function ask(text) {
  speaker?.stop();
  speaker = null;
  const question = { role: "user", content: text };
  turns.push(question);
  show(question);
  const answer = { role: "assistant", content: "" };
  const element = show(answer);
  element.classList.add("writing");
  const body = { messages: [], stream: true, stream_options: { include_usage: true }, model: $("#model").value };
  if ($("#system").value.trim()) body.messages.push({ role: "system", content: $("#system").value.trim() });
  body.messages.push(...turns.map(({ role, content }) => ({ role, content })));
  if (Number($("#temperature").value) >= 0) body.temperature = Number($("#temperature").value);
  if ($("#most").value) body.max_tokens = Number($("#most").value);
  const mine = new AbortController(), begun = performance.now(), cut = new Sentences();
  writing = mine;
  if ($("#aloud").checked) speaker = new Speaker($("#voice").value, marker(element, answer), (error) => toast(error.message, "bad"));
  speaker?.player.addEventListener("ended", idle);
  const own = speaker;
  idle();
  try {
    const response = await call("POST", "/v1/chat/completions", body, { signal: mine.signal });
    answer.bill = { id: response.headers.get("x-request-id"), deployment: response.headers.get("x-duologue-deployment"), reason: response.headers.get("x-duologue-reason"), cost: "", currency: "USD" };
    for await (const { data } of events(response)) {
      const more = data.choices?.[0]?.delta?.content;
      if (more) {
        answer.first ??= performance.now() - begun;
        answer.content += more;
        if (!own?.lit) $(".body", element).textContent = answer.content;
        else $(".body", element).append(more);
        own?.say(cut.push(more));
        follow();
      }
      if (data.usage) answer.usage = data.usage;
      if (data.duologue) answer.bill = data.duologue;
    }
    own?.say(cut.rest());
    $("#said").textContent = answer.content;
  } catch (error) {
    if (error.name === "AbortError") answer.stopped = true;
    else {
      const line = document.createElement("p");
      line.className = "note bad";
      line.role = "alert";
      line.textContent = error instanceof Refused ? error.message : "The server can't be reached.";
      element.append(line);
    }
  } finally {
    own?.end();
    writing = null;
    element.classList.remove("writing");
    if (answer.content) {
      turns.push(answer);
      facts(element, answer);
    } else turns.pop();
    keep();
    idle();
  }
}

/** Keep the end in sight while it is being written, unless the reader has scrolled away. */
function follow() {
  const room = document.documentElement;
  if (room.scrollHeight - room.scrollTop - room.clientHeight < 160) room.scrollTop = room.scrollHeight;
}

$("#ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("#message").value.trim();
  if (!text || writing) return;
  $("#message").value = "";
  ask(text);
});
$("#message").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("#ask").requestSubmit(); }
});
$("#stop").addEventListener("click", () => { writing?.abort(); speaker?.stop(); speaker = null; idle(); $("#message").focus(); });
$("#new").addEventListener("click", () => {
  writing?.abort();
  speaker?.stop();
  turns = [];
  keep();
  for (const message of $$(".message")) message.remove();
  $("#empty").hidden = false;
  $("#message").focus();
});
$("#temperature").addEventListener("input", () => {
  const value = Number($("#temperature").value);
  $("#temperature-out").textContent = value < 0 ? "default" : value.toFixed(1);
});
for (const button of $$("[data-opener]")) button.addEventListener("click", () => { $("#message").value = button.dataset.opener; $("#message").focus(); });
$("#aloud").addEventListener("change", () => { if (!$("#aloud").checked) { speaker?.stop(); speaker = null; idle(); } });

try { turns = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]"); } catch { turns = []; }
for (const turn of turns) show(turn);
