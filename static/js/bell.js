// The bell: its number asks again when the team's stream tells of something that may concern a person, when somebody
// comes back to the page, and every half a minute (polling.js); what hangs from it is fetched when it is opened.
const TELLING = new Set(["begun", "held", "approved", "declined", "unknown", "heard"]);
const SOON = 1500;
let timer;

const number = () => document.getElementById("bell-number");
const look = () => number() && window.htmx.trigger(number(), "bell:look");

function lookSoon() {
  if (document.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(look, SOON);
}

document.addEventListener("task", ({ detail }) => TELLING.has(detail.kind) && lookSoon());
document.addEventListener("live:refresh", lookSoon);
document.addEventListener("visibilitychange", lookSoon);
if (document.querySelector("[data-was-unread]")) lookSoon(); // the header was written before the page was read

document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.("[data-bell][open]")) window.htmx.trigger("#bell-sheet", "bell:open");
}, true);

// More than before: whoever shows comments on this page looks, too.
let known = Number(number()?.dataset.unread);
document.addEventListener("htmx:afterSwap", () => {
  const now = Number(number()?.dataset.unread);
  const lines = document.getElementById("talk-lines");
  if (now > known && lines) window.htmx.trigger(lines, "bell:news");
  known = now;
});
