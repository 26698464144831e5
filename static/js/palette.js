// Ctrl+K, or Cmd+K, and the search in the bar open the palette. The server says what fits what is typed; arrows choose,
// Enter opens. A question that is no longer meant is given up, so no older answer stands under newer words.
const sheet = document.getElementById("palette");
const input = document.getElementById("palette-input");
const APPLE = /Mac|iPhone|iPad/.test(navigator.platform);
const PACE = 90; // ms without a letter until the server is asked
let timer = 0;
let due = false; // what is typed has no answer yet
let go = false; // Enter was pressed meanwhile
let told = "";
let moved = 0; // arrows since the last letter: they hold for the answer that is still to come, too

const options = () => [...sheet.querySelectorAll("[role=option]")];
const chosen = () => sheet.querySelector("[role=option][aria-selected=true]");

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  input.setAttribute("aria-activedescendant", option?.id ?? "");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
}

function ask() {
  clearTimeout(timer);
  due = true;
  told = input.value;
  htmx.trigger(input, "ask");
}

function later() {
  clearTimeout(timer);
  due = true;
  timer = setTimeout(ask, PACE);
}

function open() {
  if (sheet.open) return sheet.close();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = false;
  sheet.querySelector("[data-palette-fault]").hidden = true;
  sheet.showModal();
  input.focus();
  input.select();
  moved = 0;
  ask();
}

function follow(option, aside) {
  if (!option) return;
  if (aside) window.open(option.href, "_blank", "noopener");
  else {
    sheet.close();
    option.click();
  }
}

function enter(event) {
  event.preventDefault();
  if (due) {
    go = true;
    if (told !== input.value) ask();
  } else follow(chosen(), event.ctrlKey || event.metaKey);
}

function step(event, by) {
  const all = options();
  event.preventDefault();
  moved += by;
  choose(all.at((all.indexOf(chosen()) + by) % all.length));
}

function key(event) {
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter") enter(event);
  if (event.key === "ArrowDown") step(event, 1);
  if (event.key === "ArrowUp") step(event, -1);
}

// What an input method composes is asked for when it is whole.
function typing(event) {
  go = false;
  moved = 0;
  if (!event.isComposing) later();
}

function answered() {
  due = told !== input.value;
  const all = options();
  input.setAttribute("aria-expanded", String(all.length > 0));
  choose(all.at(moved % all.length));
  sheet.querySelector("[data-palette-said]").textContent = all.length ? `${all.length}` : "";
  if (go && !due) follow(chosen(), false);
}

function fault(event) {
  if (event.target !== input) return;
  go = false;
  sheet.querySelector("[data-palette-fault]").hidden = false;
}

function begin() {
  for (const word of document.querySelectorAll("[data-palette-keys]")) word.textContent = APPLE ? "⌘ K" : "Ctrl K";
  for (const opener of document.querySelectorAll("[data-palette-open]")) {
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open();
    });
  }
  document.addEventListener("keydown", (event) => {
    const mine = (APPLE ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey;
    if (!mine || event.shiftKey || event.isComposing || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    open();
  });
  input.addEventListener("keydown", key);
  input.addEventListener("input", typing);
  input.addEventListener("compositionend", later);
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
  sheet.addEventListener("pointermove", ({ target }) => {
    const option = target.closest("[role=option]");
    if (option && option !== chosen()) choose(option);
  });
  sheet.addEventListener("htmx:afterSwap", answered);
  sheet.addEventListener("htmx:beforeRequest", () => {
    sheet.querySelector("[data-palette-fault]").hidden = true;
  });
  for (const kind of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) sheet.addEventListener(kind, fault);
}

if (sheet) begin();
