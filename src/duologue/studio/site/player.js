const audio = document.getElementById('audio');
const words = [...document.querySelectorAll('.word')];
const starts = words.map(word => Number(word.dataset.s));
const ends = words.map(word => Number(word.dataset.e));
const chapters = [...document.querySelectorAll('.chapters button')];
const follow = document.getElementById('follow');
let spoken = -1;

function last(list, time) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= time) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function show() {
  const time = audio.currentTime;
  let at = last(starts, time);
  if (at >= 0 && time >= ends[at] + 0.25) at = -1;
  if (at !== spoken) {
    words[spoken]?.classList.remove('now');
    words[at]?.classList.add('now');
    if (at >= 0 && follow.checked && !audio.paused) {
      const box = words[at].getBoundingClientRect();
      if (box.top < 140 || box.bottom > innerHeight - 80) words[at].scrollIntoView({ block: 'center', behavior: 'smooth' });
    }
    spoken = at;
  }
  const here = last(chapters.map(button => Number(button.dataset.s)), time + 0.01);
  chapters.forEach((button, i) => button.classList.toggle('now', i === here));
}

function tick() {
  show();
  if (!audio.paused) requestAnimationFrame(tick);
}

function seek(time) {
  audio.currentTime = Math.max(0, time);
  show();
}

audio.addEventListener('play', tick);
audio.addEventListener('seeked', show);
audio.addEventListener('timeupdate', show);
document.getElementById('transcript').addEventListener('click', event => {
  const word = event.target.closest('.word');
  if (word && String(getSelection()) === '') { seek(Number(word.dataset.s)); audio.play(); }
});
chapters.forEach(button => button.addEventListener('click', () => { seek(Number(button.dataset.s)); audio.play(); }));
document.querySelectorAll('[data-skip]').forEach(button =>
  button.addEventListener('click', () => seek(audio.currentTime + Number(button.dataset.skip))));
document.getElementById('speed').addEventListener('change', event => { audio.playbackRate = Number(event.target.value); });
const wanted = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
if (wanted) audio.addEventListener('loadedmetadata', () => seek(Number(wanted[1])), { once: true });
