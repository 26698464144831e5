// Run: by the button or Ctrl+Enter. While it cannot, pressing it leads to the first reason.
import { answered, ask, order } from "./composer-asking.js";
import { go } from "./composer-links.js";

const form = document.getElementById("compose");
const button = () => document.getElementById("run-button");
const stopped = () => button().hasAttribute("data-stopped");
let presses = 0;
let running = false;

function lead() {
  if (form.elements.asked.value === "") {
    form.elements.asked.value = "yes"; // from now on the fields say what is missing
    ask();
  }
  const reason = document.querySelector("#run-why a");
  if (reason?.dataset.field) go(reason.dataset.field);
  else (reason ?? document.getElementById("run-why")).focus();
}

// What was typed a moment ago may be what was missing: hear the server first. Typing on takes the press back.
async function start() {
  const press = ++presses;
  if (stopped() && !((await answered()) && press === presses)) return;
  if (stopped()) lead();
  else if (!running) run();
}

// What is paid for is what stood there when it was pressed: the question may leave seconds later.
// The same form pressed again, for instance after a lost answer, is the same task: its nonce says so.
async function run() {
  running = true;
  button().classList.add("htmx-request");
  // Not form.action: a form that continues a task has a field of that name.
  const task = await order({ url: form.getAttribute("action"), values: new FormData(form), once: true });
  if (task) return location.assign(task);
  running = false;
  button().classList.remove("htmx-request");
  if (stopped()) lead();
}

form.addEventListener("input", () => {
  presses += 1;
});

form.addEventListener("click", (event) => {
  if (!event.target.closest("#run-button")) return;
  event.preventDefault();
  start();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229 || document.querySelector("dialog[open]")) return;
  const runs = event.ctrlKey || event.metaKey;
  // Enter alone in a line of text does nothing: a run is paid for.
  if (runs || (event.target.form === form && event.target.matches("input"))) event.preventDefault();
  if (runs && !event.repeat) start();
});

// A page that comes back from the browser's memory asks for something new.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  form.elements.nonce.value = `${Date.now()}-${Math.random()}`;
  running = false;
  button().classList.remove("htmx-request");
});
