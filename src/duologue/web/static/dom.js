// Small tools for pages: finding and making elements, colours of the theme, messages, copying.

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

/** An element with attributes ("class", "onclick", "data-x", ...) and children (nodes or text). */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((c) => c !== null && c !== undefined));
  return element;
}

/** A line at the foot of the page for some seconds; screen readers say it. */
export function toast(text, kind = "") {
  const place = $("#toasts");
  if (!place) return;
  const line = make("div", { class: `toast ${kind}` }, text);
  place.append(line);
  setTimeout(() => line.remove(), kind === "bad" ? 8000 : 3500);
}

/** The colour a custom property has now, as the browser resolves it. */
export function colour(name) {
  const probe = make("span", { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", { class: "visually-hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast("Copied");
}

/** 1:02:03 or 2:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
  return (h ? `${h}:${String(m).padStart(2, "0")}` : `${m}`) + `:${String(s).padStart(2, "0")}`;
}

/** An amount of money with as many digits as say something. */
export function money(amount, currency = "USD") {
  const value = Number(amount);
  if (!Number.isFinite(value)) return "";
  const digits = value === 0 || value >= 1 ? 2 : Math.min(8, 1 - Math.floor(Math.log10(Math.abs(value))));
  return new Intl.NumberFormat("en", { style: "currency", currency, minimumFractionDigits: Math.min(2, digits), maximumFractionDigits: Math.max(2, digits) }).format(value);
}
