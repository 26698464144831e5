// Asks the server what the form makes, one question at a time: the next one leaves when the last one is answered, and
// carries what stands in the form by then. So no answer overtakes another, and a slow server is asked less often.
import { handsFree } from "./hands.js";

const form = document.getElementById("compose");
const preview = form.getAttribute("hx-post");
const tellers = new Map(); // whoever asks, the form or the page, and who waits for its answer
const PACE = 100; // ms from one question to the next while somebody types
const PATIENCE = 3000; // ms until a studio that did not answer is asked again
const LONGEST = 20_000; // ms until an answer is given up
const orders = []; // what buttons ask for; never dropped for newer typing
const typed = new Map(); // controls by name, changed since the question left, with the choice they held
const waiting = []; // who wants to know when all is answered
const pause = (time) => new Promise((go) => setTimeout(go, Math.max(time, 0)));
let changed = false; // the form holds something newer than the last question
let asking = false;
let last = 0;
let trouble = "";
let late = false; // a field in use was to be redrawn

export function ask() {
  changed = true;
  work();
}

// Ask at another address, with more values, or with these instead of what the form holds when the question leaves.
// `once`: not again when no answer comes. Gives the address to which the answer leads, "" for none.
export function order({ url = preview, more = {}, values = null, once = false }) {
  if (values) changed = false;
  return new Promise((lead) => {
    orders.push({ url, more, values, once, lead });
    work();
  });
}

// True once everything in the form has been answered; false when the answer fails, or has failed.
export function answered() {
  if (trouble === "away") return Promise.resolve(false);
  return new Promise((tell) => {
    waiting.push(tell);
    work();
  });
}

async function work() {
  if (asking) return;
  asking = true;
  while (orders.length || changed) {
    if (!orders.length) await pause(last + PACE - Date.now());
    await handsFree();
    await answer(orders.shift() ?? { url: preview });
  }
  asking = false;
  settle(true);
}

async function answer(question) {
  const got = await put(question);
  show(got.trouble);
  if (!got.trouble && !got.to) await take(got.html);
  if (got.trouble !== "away" || question.once) question.lead?.(got.to);
  else orders.unshift(question);
  if (!got.trouble) return;
  settle(false);
  if (got.trouble !== "away") return;
  changed = true;
  await pause(PATIENCE);
}

// htmx posts; what came back is held until the hands are free, so it is not htmx's to swap.
function put({ url, more = {}, values }) {
  // What was typed since the values were taken is neither sent nor answered by this question.
  if (!values) {
    changed = false;
    typed.clear();
  }
  last = Date.now();
  const source = values ? document.body : form;
  const posted = new FormData();
  for (const [name, value] of [...(values ?? []), ...Object.entries(more)]) posted.append(name, value);
  // htmx adds the button that has the focus; only one that was pressed is meant.
  if (!posted.has("do")) posted.append("do", "");
  return new Promise((tell) => {
    tellers.set(source, tell);
    htmx.ajax("POST", url, { source, swap: "none", values: posted }).catch(() => {});
  });
}

document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (tellers.has(target)) detail.timeout = LONGEST;
});

function told(event, got) {
  const tell = tellers.get(event.target);
  if (!tell) return;
  tellers.delete(event.target);
  event.preventDefault();
  event.stopPropagation();
  tell(got());
}

document.addEventListener("htmx:beforeOnLoad", (event) => told(event, () => read(event.detail.xhr)), true);
for (const fault of ["htmx:sendError", "htmx:sendAbort", "htmx:timeout"]) {
  document.addEventListener(fault, (event) => told(event, () => ({ trouble: "away", to: "" })), true);
}

function read(xhr) {
  const to = xhr.getResponseHeader("HX-Redirect") ?? "";
  if (to.startsWith(form.dataset.signIn)) return { trouble: "signed-out", to: "" };
  if (xhr.status >= 500) return { trouble: "away", to: "" };
  // Older than the sign-in, or of another team.
  const good = (xhr.status >= 200 && xhr.status < 300) || xhr.status === 422;
  return { trouble: good ? "" : "old", to, html: xhr.responseText };
}

async function take(html) {
  await handsFree();
  htmx.swap(document.body, html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  keepTyped();
  form.dispatchEvent(new Event("answered"));
}

// What was typed while the answer was on its way stays, also where the answer brought another control for it.
function keepTyped() {
  for (const [name, { control, checked }] of typed) {
    if (control.isConnected) continue;
    const alike = [...form.elements].filter((each) => each.name === name && each.type === control.type);
    const now = control.type === "radio" ? alike.find((each) => each.value === control.value) : alike[0];
    if (!now) continue;
    changed = true;
    if (now.matches("[type=radio], [type=checkbox]")) now.checked = checked;
    else now.value = control.value;
    if (now === document.activeElement && now.matches("textarea, .input:not(select)")) {
      now.setSelectionRange(control.selectionStart, control.selectionEnd);
    }
  }
}

function settle(well) {
  for (const tell of waiting.splice(0)) tell(well);
}

function show(now) {
  trouble = now;
  for (const part of document.querySelectorAll("[data-trouble]")) part.hidden = part.dataset.trouble !== trouble;
}

form.addEventListener("input", ({ target }) => {
  if (target.form !== form) return;
  typed.set(target.name, { control: target, checked: target.checked });
  if (!target.matches("[data-on-leaving]")) ask();
});

// A text that is taken over as a whole, when it is left.
form.addEventListener("change", ({ target }) => {
  if (target.matches("[data-on-leaving]")) order({ url: target.dataset.onLeaving });
});

form.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-deed]");
  if (!button) return;
  event.preventDefault();
  order({ url: button.formAction, more: button.name ? { [button.name]: button.value } : {} });
});

// A field that is being used keeps its markup; it is asked for anew when the focus has left it.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const active = document.activeElement;
  if (!detail.target.matches(".unit, #pattern-ask, #pattern-list") || !detail.target.contains(active)) return;
  if (!active.matches("input, textarea, select")) return;
  detail.shouldSwap = false;
  late = true;
});

form.addEventListener("focusout", () => {
  if (!late) return;
  late = false;
  ask();
});
