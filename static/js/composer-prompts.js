// The prompt's box: a saved prompt goes into it, or one that was improved or translated; Alt with an arrow walks through
// the person's own last prompts. The browser's undo brings back what stood there.
import { headers } from "./headers.js";

const form = document.getElementById("compose");
const sheet = document.getElementById("prompts");
const search = sheet?.querySelector("[role=search]");
const fault = sheet?.querySelector("[data-prompts-fault]");
let box = null;

function ready() {
  for (const button of form.querySelectorAll("[data-prompts], [data-past], [data-reword]")) button.hidden = false;
}

function write(area, text) {
  area.focus();
  area.select();
  // Deprecated, and the only way that a browser can undo.
  if (!document.execCommand("insertText", false, text) && area.value !== text) {
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

form.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-prompts]");
  if (!button) return;
  box = document.getElementById(button.dataset.box);
  search.elements.q.value = "";
  fault.hidden = true;
  sheet.querySelector("#prompt-choices").replaceChildren();
  sheet.showModal();
  search.elements.q.focus();
  htmx.trigger(search, "submit");
});

sheet?.addEventListener("click", async ({ target }) => {
  if (target === sheet) return sheet.close(); // beside the sheet
  const choice = target.closest("[data-prompt-text]");
  if (!choice) return;
  const answer = await fetch(choice.dataset.promptText, { headers }).catch(() => null);
  const saved = answer?.ok ? await answer.json().catch(() => null) : null;
  fault.hidden = saved !== null;
  if (!saved) return;
  sheet.close();
  document.getElementById("prompt-saved").value = saved.version;
  write(box, saved.text);
});

const reword = document.getElementById("reword");
const wording = document.getElementById("reword-body");

function say(name) {
  wording.replaceChildren(document.getElementById(name).content.cloneNode(true));
}

form.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-reword]");
  if (!button) return;
  box = document.getElementById(button.dataset.box);
  say("reword-waiting");
  reword.showModal();
});

reword?.addEventListener("click", ({ target }) => {
  if (target === reword) return reword.close(); // beside the sheet
  if (!target.closest("[data-reword-use]")) return;
  const text = document.getElementById("reworded-text").value;
  reword.close();
  write(box, text);
});

reword?.addEventListener("close", () => wording.replaceChildren()); // and nothing is asked any more

for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    if (detail.target === wording) say("reword-fault");
  });
}

let past = null; // the person's last prompts, the newest first; asked for once
let at = -1;
let own = ""; // what stood in the box before
const earlier = document.getElementById("past");
const said = document.getElementById("say");

// Null where no answer came; it is asked for again then.
async function prompts() {
  if (past) return past;
  const answer = await fetch(form.dataset.history, { headers }).catch(() => null);
  const told = answer?.ok ? await answer.json().catch(() => null) : null;
  past ??= told?.prompts.map((text) => text.replace(/\r\n?/g, "\n")) ?? null;
  return past;
}

function take(area, to) {
  if (at === -1) own = area.value;
  at = to;
  write(area, at === -1 ? own : past[at]);
  const place = earlier.dataset.place.replace("{number}", at + 1).replace("{all}", past.length);
  said.textContent = at === -1 ? earlier.dataset.own : place;
}

async function walk(area, by) {
  const all = (await prompts()) ?? [];
  const to = Math.min(Math.max(at + by, -1), all.length - 1);
  if (to !== at) take(area, to);
}

form.addEventListener("keydown", (event) => {
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!by || !event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.keyCode === 229) return;
  if (!event.target.matches("textarea.prompt") || event.target.readOnly) return;
  event.preventDefault();
  walk(event.target, by);
});

// Whoever types goes on from there.
form.addEventListener("beforeinput", ({ target, inputType }) => {
  if (target.matches("textarea.prompt") && inputType !== "insertText") at = -1;
});
form.addEventListener("input", ({ target }) => {
  if (at >= 0 && target.matches("textarea.prompt") && target.value !== past[at]) at = -1;
});

function line(text, number) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.className = "earlier__one";
  button.type = "button";
  button.dataset.number = number;
  button.textContent = text;
  item.append(button);
  return item;
}

form.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-past]");
  if (!button) return;
  const box = button.dataset.box;
  const all = await prompts();
  earlier.dataset.box = box;
  earlier.querySelector("[data-past-fault]").hidden = all !== null;
  earlier.querySelector("[data-past-none]").hidden = all === null || all.length > 0;
  earlier.querySelector("[data-past-list]").replaceChildren(...(all ?? []).map(line));
  earlier.showModal();
});

earlier?.addEventListener("click", ({ target }) => {
  if (target === earlier) return earlier.close();
  const one = target.closest("[data-number]");
  if (!one) return;
  earlier.close();
  take(document.getElementById(earlier.dataset.box), Number(one.dataset.number));
});

form.addEventListener("answered", ready);
ready();
