// Plays a recorded terminal as growing text. Without this script the page shows all of the text at once.
(() => {
  "use strict";
  const box = document.querySelector("[data-replay]");
  const data = document.querySelector("#replay-frames");
  if (!box || !data) return;
  const frames = JSON.parse(data.textContent);
  const part = (name) => document.querySelector(`[data-replay-${name}]`);
  const screen = part("screen"), slider = part("at"), button = part("play"), clock = part("clock");
  const last = frames.length ? frames[frames.length - 1][0] : 0;
  const SHORT = 2000, TICK = 100;
  let at = last, next = frames.length, text = screen.textContent, timer = null;

  const label = (ms) => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
  const show = () => {
    screen.textContent = text;
    screen.scrollTop = screen.scrollHeight;
    slider.value = at;
    slider.setAttribute("aria-valuetext", `${label(at)} of ${label(last)}`);
    clock.textContent = `${label(at)} of ${label(last)}`;
  };
  const seek = (to) => {
    if (to < at) { text = ""; next = 0; }
    at = Math.min(to, last);
    while (next < frames.length && frames[next][0] <= at) {
      text = text.slice(0, frames[next][1]) + frames[next][2];
      next += 1;
    }
    show();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  };
  const step = () => {
    let to = at + TICK * Number(part("speed").value);
    // A pause is only waiting: what is longer than two seconds is passed over.
    if (part("short").checked && next < frames.length && frames[next][0] - to > SHORT) to = frames[next][0] - SHORT;
    seek(to);
    if (next >= frames.length) stop();
  };
  const play = () => {
    if (timer) return stop();
    if (next >= frames.length) { at = 1; seek(0); }
    button.textContent = "Pause";
    timer = setInterval(step, TICK);
  };
  slider.max = last;
  button.addEventListener("click", play);
  part("start").addEventListener("click", () => { stop(); at = 1; seek(0); });
  part("end").addEventListener("click", () => { stop(); seek(last); });
  slider.addEventListener("input", () => { stop(); seek(Number(slider.value)); });
  box.hidden = false;
  show();
})();
