// What stands in the form survives a reload: kept in this browser by person, team and operation.
import { ask, order } from "./composer-asking.js";
import { forget, isAgain, keep, kept } from "./drafts.js";

const form = document.getElementById("compose");
const name = `draft:${form.dataset.draft}`;
const OURS = /^(csrfmiddlewaretoken|page_team|nonce|from|action|port|preset|changes|asked|do|code|shape:.*)$/;

function held() {
  const all = new FormData(form);
  if (all.get("json") === all.get("json-was")) ["json", "json-was"].forEach((each) => all.delete(each));
  return new URLSearchParams([...all].filter(([key]) => !OURS.test(key)));
}

function isTouched(control) {
  if (control.matches("select")) {
    const first = [...control.options].findIndex((option) => option.defaultSelected);
    return control.selectedIndex !== Math.max(first, 0);
  }
  if (control.matches("[type=radio], [type=checkbox]")) return control.checked !== control.defaultChecked;
  return control.matches("textarea, input:not([type=hidden])") && control.value !== control.defaultValue;
}

// Somebody was quicker than this script: what they typed is neither the server's nor to be replaced by a draft.
const early = [...form.elements].some(isTouched);

// A page that came back from a run, or was filled from another form, holds what was typed, not what a fresh form holds;
// loaded again it holds what was posted to it, and this browser what was typed since.
const fresh = "restores" in form.dataset && !early ? String(held()) : null;
let restoring = false;

function save() {
  if (restoring) return;
  const now = held();
  if (String(now) === fresh) forget(name);
  else keep(name, now);
}

// At once what the page has a control for, so that nobody types into an emptier form; the rest by the server.
function fill(values) {
  for (const control of form.elements) {
    const held = values.getAll(control.name);
    if (!held.length) continue;
    if (control.matches("[type=radio], [type=checkbox]")) control.checked = held.includes(control.value);
    else [control.value] = held;
  }
}

function restore() {
  const values = kept(name);
  if (!values || String(values) === fresh) return;
  restoring = true;
  fill(values);
  // What the page's preset holds fast has no control, and is no part of the draft.
  for (const ours of ["csrfmiddlewaretoken", "preset", "changes"]) {
    if (form.elements[ours]) values.set(ours, form.elements[ours].value);
  }
  order({ more: { do: "restore" }, values });
}

const address = new URL(location.href);
if (address.searchParams.has("fresh")) {
  forget(name);
  address.searchParams.delete("fresh");
  history.replaceState(null, "", address);
} else if (early || (fresh === null && !isAgain)) save();
else restore();
if (early) ask();

// A conversation that goes on from a result goes on at its end.
const talk = form.elements.action && form.querySelector("textarea[data-spoken]");
if (talk && !early) {
  talk.setSelectionRange(talk.value.length, talk.value.length);
  talk.focus();
  talk.scrollTop = talk.scrollHeight;
  const { left, bottom } = talk.getBoundingClientRect(); // on a phone the run pane may lie over it
  if (document.elementFromPoint(left + 20, bottom - 20) !== talk) talk.scrollIntoView({ block: "start" });
}

form.addEventListener("input", save);
form.addEventListener("change", save);
form.addEventListener("answered", () => {
  restoring = false;
  save();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-start-over]")) return;
  event.preventDefault();
  forget(name);
  location.reload();
});
