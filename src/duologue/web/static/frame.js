// What every page has: the theme button.
import { toast } from "./dom.js";

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");

document.getElementById("theme")?.addEventListener("click", () => {
  const now = root.dataset.theme || (dark.matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=strict`;
  dispatchEvent(new CustomEvent("themechange"));
  toast(next === "dark" ? "Dark" : "Light");
});
dark.addEventListener("change", () => dispatchEvent(new CustomEvent("themechange")));
