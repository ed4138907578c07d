// What is heard, to be seen: waveform above, spectrum below, the place that is playing between them.
// Drawn once a frame while it plays; colours are those of the theme.

import { colour } from "./dom.js";
import { RATE } from "./player.js";
import { Spectrum } from "./spectrum.js";

const BLOCK = 240; // samples of a peak

const rgb = (css) => (css.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);

export class Scope {
  #canvas; #player; #peaks = []; #spectrum = new Spectrum(); #picture = document.createElement("canvas"); #drawn = 0; #colours; #frame = 0;

  constructor(canvas, player) {
    this.#canvas = canvas;
    this.#player = player;
    this.#recolour();
    addEventListener("themechange", () => requestAnimationFrame(() => { this.#recolour(); this.draw(); }));
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  set player(player) {
    this.#player = player;
    this.#peaks = [];
    this.#spectrum = new Spectrum();
    this.#drawn = 0;
    this.draw();
  }

  push(audio) {
    for (let at = 0; at < audio.length; at += BLOCK) {
      let top = 0;
      for (let i = at; i < Math.min(at + BLOCK, audio.length); i++) top = Math.max(top, Math.abs(audio[i]));
      this.#peaks.push(top);
    }
    this.#spectrum.push(audio);
    this.wake();
  }

  /** Draw while the player plays, and once more. */
  wake() {
    if (this.#frame) return;
    const step = () => {
      this.#frame = 0;
      this.draw();
      if (this.#player?.playing) this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  #recolour() {
    this.#colours = { one: colour("--one"), two: colour("--two"), soft: colour("--edge"), line: colour("--line"), sheet: rgb(colour("--sunken")), mid: rgb(colour("--one")), top: rgb(colour("--two")) };
    this.#drawn = 0;
  }

  /** The columns of the spectrum that came since, painted onto the picture. */
  #paint() {
    const columns = this.#spectrum.columns, rows = Spectrum.rows;
    if (columns > this.#picture.width || this.#drawn === 0) {
      this.#picture.width = Math.max(1024, 2 ** Math.ceil(Math.log2(Math.max(columns, 1))));
      this.#picture.height = rows;
      this.#drawn = 0;
    }
    const fresh = columns - this.#drawn;
    if (fresh <= 0) return;
    const ctx = this.#picture.getContext("2d");
    const image = ctx.createImageData(fresh, rows);
    const { sheet, mid, top } = this.#colours;
    for (let column = 0; column < fresh; column++) {
      for (let row = 0; row < rows; row++) {
        const level = this.#spectrum.level(this.#drawn + column, row) / 255;
        const [a, b, t] = level < 0.6 ? [sheet, mid, level / 0.6] : [mid, top, (level - 0.6) / 0.4];
        const at = ((rows - 1 - row) * fresh + column) * 4;
        for (let c = 0; c < 3; c++) image.data[at + c] = a[c] + (b[c] - a[c]) * t;
        image.data[at + 3] = 255;
      }
    }
    ctx.putImageData(image, this.#drawn, 0);
    this.#drawn = columns;
  }

  draw() {
    const canvas = this.#canvas, ratio = devicePixelRatio || 1;
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const ctx = canvas.getContext("2d");
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const upper = height * 0.46, middle = upper / 2;
    const seconds = Math.max(this.#player?.duration ?? 0, 2);
    const now = this.#player?.time ?? 0;
    const bars = Math.floor(width / 4), each = (seconds * RATE) / BLOCK / bars;
    for (let bar = 0; bar < bars; bar++) {
      let top = 0;
      for (let i = Math.floor(bar * each); i < Math.min((bar + 1) * each, this.#peaks.length); i++) top = Math.max(top, this.#peaks[i]);
      const tall = Math.max(1, Math.sqrt(top) * (upper - 6));
      const heard = ((bar + 0.5) / bars) * seconds <= now;
      ctx.fillStyle = bar * each >= this.#peaks.length ? this.#colours.line : heard ? this.#colours.one : this.#colours.soft;
      ctx.fillRect(bar * 4 + 0.5, middle - tall / 2, 2.4, tall);
    }
    this.#paint();
    const have = Math.min(1, (this.#spectrum.columns * Spectrum.seconds) / seconds);
    if (this.#spectrum.columns) ctx.drawImage(this.#picture, 0, 0, this.#spectrum.columns, Spectrum.rows, 0, upper + 6, width * have, height - upper - 6);
    if (now > 0 && this.#peaks.length) {
      ctx.fillStyle = this.#colours.two;
      ctx.fillRect(Math.round((now / seconds) * width) - 1, 0, 2, height);
    }
  }
}
