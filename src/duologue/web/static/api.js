// The server's public endpoints, as every other client calls them.

/** What the server refused, with its status and OpenAI's code. */
export class Refused extends Error {
  constructor(message, status, code, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

async function checked(response) {
  if (response.ok) return response;
  let message = `The server answered ${response.status}.`, code = "";
  try {
    const body = await response.json();
    message = body.error?.message ?? message;
    code = body.error?.code ?? "";
  } catch { /* not JSON: the status says it */ }
  if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  throw new Refused(message, response.status, code, Number(response.headers.get("retry-after")) || 0);
}

export async function call(method, path, body, options = {}) {
  const json = body !== undefined && !(body instanceof Blob);
  const response = await fetch(path, {
    method,
    headers: json ? { "content-type": "application/json" } : {},
    body: json ? JSON.stringify(body) : body,
    ...options,
  });
  return checked(response);
}

export const get = async (path) => (await call("GET", path)).json();
export const post = async (path, body = {}) => (await call("POST", path, body)).json();
export const patch = async (path, body) => (await call("PATCH", path, body)).json();
export const remove = (path) => call("DELETE", path);

/** The events of a stream as {event, data}, data parsed; ends at [DONE] or with the stream. */
export async function* events(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "", ended = false;
  try {
    while (!ended) {
      const { value, done } = await reader.read();
      ended = done;
      held += value ?? "";
      const parts = held.split("\n\n");
      held = parts.pop();
      for (const part of parts) {
        let event = "message";
        const lines = [];
        for (const line of part.split("\n")) {
          if (line.startsWith("event:")) event = line.slice(6).trim();
          else if (line.startsWith("data:")) lines.push(line.slice(5).trimStart());
        }
        if (!lines.length) continue;
        const text = lines.join("\n");
        if (text === "[DONE]") return;
        const data = JSON.parse(text);
        if (data.error) throw new Refused(data.error.message, 500, data.error.code);
        yield { event, data };
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** base64 of 16-bit little-endian samples to floats. */
export function samples(base64) {
  const raw = atob(base64);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  const whole = new Int16Array(bytes.buffer, 0, bytes.length >> 1);
  const floats = new Float32Array(whole.length);
  for (let i = 0; i < whole.length; i++) floats[i] = whole[i] / 32768;
  return floats;
}

/** Speech as it is made: yields {audio: Float32Array at 24 kHz, words, notices} and at last {bill}. */
export async function* speech(body, signal) {
  const response = await call("POST", "/v1/audio/speech", { ...body, response_format: "pcm", stream_format: "sse" }, { signal });
  for await (const { data } of events(response)) {
    if (data.type === "speech.audio.delta") yield { audio: samples(data.audio), words: data.words ?? [], notices: data.notices ?? [] };
    else if (data.type === "speech.audio.done") yield { bill: data.duologue };
  }
}
