// Run: by the button or Ctrl+Enter. While it cannot, pressing it leads to the first reason.
import { go } from "./composer-links.js";

const form = document.getElementById("compose");
const button = () => document.getElementById("run-button");
let typed = 0; // changes so far, and up to which of them the button speaks
let known = 0;
let pressed = false; // a run that waits for the server's word on the latest change
const spokenOf = new WeakMap(); // request -> the changes it knew of

form.addEventListener("input", (event) => {
  typed += 1;
  if (event.isTrusted) pressed = false; // who types on wants another body
}, true);

document.addEventListener("htmx:beforeRequest", ({ detail }) => spokenOf.set(detail.xhr, typed));

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  known = Math.max(known, spokenOf.get(detail.xhr) ?? 0);
  if (!pressed || known < typed) return;
  pressed = false;
  press();
});

// A run is never made up for later: it is paid for.
for (const fault of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(fault, () => {
    pressed = false;
  });
}

function press() {
  if (button().getAttribute("aria-disabled") !== "true") return form.requestSubmit(button());
  const reason = document.querySelector("#run-why a");
  if (reason?.dataset.field) go(reason.dataset.field);
  else (reason ?? button()).focus();
}

form.addEventListener("click", (event) => {
  const run = event.target.closest("[data-run]");
  if (!run || run.getAttribute("aria-disabled") !== "true") return;
  event.preventDefault();
  start();
});

// What was typed a moment ago may be what was missing: hear the server first.
function start() {
  if (typed === known || button().getAttribute("aria-disabled") !== "true") return press();
  pressed = true;
  form.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  start();
});

// A page that comes back from the browser's memory asks for something new.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) form.elements.nonce.value = `${Date.now()}-${Math.random()}`;
});
