// One playhead for all films and sounds beside each other: they play, pause and are wound together.
const bar = document.querySelector("[data-playhead]");
const players = [...document.querySelectorAll(".compare video, .compare audio")];
const longest = () => Math.max(0, ...players.map(({ duration }) => (Number.isFinite(duration) ? duration : 0)));
const DRIFT = 0.15; // seconds

if (bar && players.length > 1) {
  const [play, pause, seek, time] = ["play", "pause", "seek", "time"].map((name) => bar.querySelector(`[data-${name}]`));
  const lead = () => players.reduce((one, other) => (other.duration > one.duration ? other : one));
  let playing = false;

  const show = () => {
    const at = lead().currentTime;
    const whole = Math.floor(at);
    if (document.activeElement !== seek || playing) seek.value = String(at);
    seek.max = String(longest() || 1);
    time.value = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    play.hidden = playing;
    pause.hidden = !playing;
  };

  const wind = (at) => {
    for (const player of players) player.currentTime = Math.min(at, player.duration || at);
  };

  const start = () => {
    if (lead().ended) wind(0);
    playing = true;
    for (const player of players) if (!player.ended) player.play().catch(() => {});
    show();
  };

  const stop = () => {
    playing = false;
    for (const player of players) player.pause();
    wind(lead().currentTime);
    show();
  };

  play.addEventListener("click", () => (start(), pause.focus()));
  pause.addEventListener("click", () => (stop(), play.focus()));
  seek.addEventListener("input", () => (wind(Number(seek.value)), show()));

  for (const player of players) {
    player.addEventListener("loadedmetadata", show);
    player.addEventListener("timeupdate", () => {
      if (player !== lead()) return;
      for (const other of players) {
        if (!other.ended && Math.abs(other.currentTime - player.currentTime) > DRIFT && player.currentTime < other.duration)
          other.currentTime = player.currentTime;
      }
      show();
    });
    player.addEventListener("ended", () => {
      if (player !== lead()) return;
      playing = false;
      show();
    });
  }
  for (const player of players.filter((each) => each instanceof HTMLVideoElement)) {
    player.muted = true;
    player.controls = false;
  }
  bar.hidden = false;
  show();
}
