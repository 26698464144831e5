// One playhead for all films and sounds beside each other: they play, pause and are wound together. A result that comes
// while others are looked at joins them.
const bar = document.querySelector("[data-playhead]");
const [play, pause, seek, time] = ["play", "pause", "seek", "time"].map((name) => bar.querySelector(`[data-${name}]`));
const DRIFT = 0.15; // seconds
const known = new WeakSet();
let players = [];
let playing = false;

const longest = () => Math.max(0, ...players.map(({ duration }) => (Number.isFinite(duration) ? duration : 0)));
const lead = () => players.reduce((one, other) => (other.duration > one.duration ? other : one));

function show() {
  const at = lead().currentTime;
  const whole = Math.floor(at);
  if (document.activeElement !== seek || playing) seek.value = String(at);
  seek.max = String(longest() || 1);
  time.value = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  play.hidden = playing;
  pause.hidden = !playing;
}

function wind(at) {
  for (const player of players) player.currentTime = Math.min(at, player.duration || at);
}

function start() {
  if (lead().ended) wind(0);
  playing = true;
  for (const player of players) if (!player.ended) player.play().catch(() => {});
  show();
}

function stop() {
  playing = false;
  for (const player of players) player.pause();
  wind(lead().currentTime);
  show();
}

function follow({ target }) {
  if (target !== lead()) return;
  for (const other of players) {
    if (!other.ended && Math.abs(other.currentTime - target.currentTime) > DRIFT && target.currentTime < other.duration)
      other.currentTime = target.currentTime;
  }
  show();
}

function end({ target }) {
  if (target !== lead()) return;
  playing = false;
  show();
}

function join(player) {
  known.add(player);
  player.addEventListener("loadedmetadata", show);
  player.addEventListener("timeupdate", follow);
  player.addEventListener("ended", end);
  if (player instanceof HTMLVideoElement) {
    player.muted = true;
    player.controls = false;
  }
}

function gather() {
  players = [...document.querySelectorAll(".compare video, .compare audio")];
  bar.hidden = players.length < 2;
  if (bar.hidden) return;
  players.filter((player) => !known.has(player)).forEach(join);
  show();
}

play.addEventListener("click", () => (start(), pause.focus()));
pause.addEventListener("click", () => (stop(), play.focus()));
seek.addEventListener("input", () => (wind(Number(seek.value)), show()));
document.addEventListener("htmx:load", gather);
gather();
