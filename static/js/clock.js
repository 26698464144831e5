// <time data-since="ISO"> counts up, <time data-until="ISO"> counts down; the words around it stay the server's.
const two = (number) => String(number).padStart(2, "0");

function spell(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

function tick() {
  for (const clock of document.querySelectorAll("time[data-since]")) {
    clock.textContent = spell((Date.now() - Date.parse(clock.dataset.since)) / 1000);
  }
  for (const clock of document.querySelectorAll("time[data-until]")) {
    clock.textContent = spell((Date.parse(clock.dataset.until) - Date.now()) / 1000);
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:load", tick);
