// A sound with its drawing: play, pause, and seek by click or key. Without this script it is the browser's own player.
const KEYS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 3, PageDown: -3 };
const two = (number) => String(number).padStart(2, "0");

function spell(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function length(box) {
  const { audio, seek } = box;
  return Number.isFinite(audio.duration) ? audio.duration : Number(seek.max);
}

function show(box) {
  const { audio, seek, root } = box;
  const all = length(box);
  const now = Math.min(audio.currentTime, all || audio.currentTime);
  seek.max = all;
  seek.value = now;
  seek.setAttribute("aria-valuetext", `${spell(now)} / ${spell(all)}`);
  root.style.setProperty("--played", `${all ? (100 * now) / all : 0}%`);
  root.querySelector("[data-sound-now]").textContent = spell(now);
  root.querySelector("[data-sound-length]").textContent = spell(all);
}

function follow(box) {
  show(box);
  if (!box.audio.paused) requestAnimationFrame(() => follow(box));
}

function turn(box) {
  const { audio, button, root } = box;
  root.toggleAttribute("data-playing", !audio.paused);
  button.setAttribute("aria-label", audio.paused ? button.dataset.labelPaused : button.dataset.labelPlaying);
  if (!audio.paused) {
    for (const other of document.querySelectorAll("audio, video")) if (other !== audio) other.pause();
  }
  follow(box);
}

function go(box, seconds) {
  box.audio.currentTime = Math.min(Math.max(seconds, 0), length(box));
  show(box);
}

function press(box, event) {
  const step = length(box) > 30 ? 5 : 1;
  const by = KEYS[event.key];
  if (by) go(box, box.audio.currentTime + by * step);
  else if (event.key === " ") box.button.click();
  else return;
  event.preventDefault();
}

function ready(root) {
  if (root.dataset.ready) return;
  root.dataset.ready = "yes";
  const [audio, button, seek] = ["audio", ".sound__play", ".sound__seek"].map((each) => root.querySelector(each));
  const box = { root, audio, button, seek };
  audio.controls = false;
  root.querySelector(".sound__deck").hidden = false;
  button.addEventListener("click", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
  seek.addEventListener("input", () => go(box, Number(seek.value)));
  seek.addEventListener("keydown", (event) => press(box, event));
  for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, () => turn(box));
  for (const name of ["durationchange", "timeupdate", "seeked"]) audio.addEventListener(name, () => show(box));
  show(box);
}

function all(part) {
  for (const root of part.querySelectorAll("[data-sound]")) ready(root);
}

document.addEventListener("htmx:load", ({ detail }) => all(detail.elt));
all(document);
