// The spectrum of speech as it arrives: a short-time Fourier transform of our own, on a scale of pitch as the ear
// has it, one column for every ten milliseconds.

const SIZE = 512, HOP = 240, ROWS = 96, RATE = 24000;

/** In-place FFT of SIZE points, radix 2. */
const cosines = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / SIZE));
const sines = Float32Array.from({ length: SIZE / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / SIZE));
const hann = Float32Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / SIZE));
const reversed = Uint16Array.from({ length: SIZE }, (_, i) => {
  let r = 0;
  for (let bit = 1, n = i; bit < SIZE; bit <<= 1, n >>= 1) r = (r << 1) | (n & 1);
  return r;
});

function fft(re, im) {
  for (let i = 0; i < SIZE; i++) {
    const j = reversed[i];
    if (j > i) { const t = re[i]; re[i] = re[j]; re[j] = t; }
  }
  im.fill(0);
  for (let half = 1; half < SIZE; half <<= 1) {
    const step = SIZE / (2 * half);
    for (let start = 0; start < SIZE; start += 2 * half) {
      for (let k = 0, at = start; k < half; k++, at++) {
        const c = cosines[k * step], s = -sines[k * step], to = at + half;
        const r = re[to] * c - im[to] * s, i = re[to] * s + im[to] * c;
        re[to] = re[at] - r; im[to] = im[at] - i;
        re[at] += r; im[at] += i;
      }
    }
  }
}

const mel = (hz) => 1127 * Math.log(1 + hz / 700);
const hertz = (m) => 700 * (Math.exp(m / 1127) - 1);
/** The bins that each row takes together, lowest pitch first. */
const bands = Array.from({ length: ROWS }, (_, row) => {
  const edge = (r) => hertz(mel(60) + ((mel(11000) - mel(60)) * r) / ROWS) / (RATE / SIZE);
  return [Math.floor(edge(row)), Math.max(Math.floor(edge(row)) + 1, Math.ceil(edge(row + 1)))];
});

export class Spectrum {
  columns = 0;
  #levels = new Uint8Array(ROWS * 1024);
  #tail = new Float32Array(0);
  #re = new Float32Array(SIZE);
  #im = new Float32Array(SIZE);

  static rows = ROWS;
  static seconds = HOP / RATE;

  push(audio) {
    const all = new Float32Array(this.#tail.length + audio.length);
    all.set(this.#tail);
    all.set(audio, this.#tail.length);
    let at = 0;
    for (; at + SIZE <= all.length; at += HOP) this.#column(all.subarray(at, at + SIZE));
    this.#tail = all.slice(at);
  }

  #column(frame) {
    for (let i = 0; i < SIZE; i++) this.#re[i] = frame[i] * hann[i];
    fft(this.#re, this.#im);
    if ((this.columns + 1) * ROWS > this.#levels.length) {
      const larger = new Uint8Array(this.#levels.length * 2);
      larger.set(this.#levels);
      this.#levels = larger;
    }
    for (let row = 0; row < ROWS; row++) {
      let power = 0;
      for (let bin = bands[row][0]; bin < bands[row][1]; bin++) power = Math.max(power, this.#re[bin] ** 2 + this.#im[bin] ** 2);
      const decibels = 10 * Math.log10(power + 1e-7);
      this.#levels[this.columns * ROWS + row] = Math.max(0, Math.min(255, ((decibels + 42) / 72) * 255));
    }
    this.columns++;
  }

  /** 0 to 255 at a column and a row, row 0 the lowest pitch. */
  level(column, row) { return this.#levels[column * ROWS + row]; }
}
