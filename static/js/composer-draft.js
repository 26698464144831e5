// What stands in the form survives a reload: kept in this browser by person, team and operation. Each tab has its own;
// a new tab begins with the newest.
import { order } from "./composer-asking.js";

const form = document.getElementById("compose");
const name = `draft:${form.dataset.draft}`;
const OURS = /^(csrfmiddlewaretoken|nonce|from|action|asked|do|shape:.*)$/;

function held() {
  const all = new FormData(form);
  if (all.get("json") === all.get("json-was")) ["json", "json-was"].forEach((each) => all.delete(each));
  return new URLSearchParams([...all].filter(([key]) => !OURS.test(key))).toString();
}

// A page that came back from a run holds what was typed, not what a fresh form holds.
const fresh = "restores" in form.dataset ? held() : null;
let restoring = false;

function save() {
  if (restoring) return;
  const now = held();
  for (const store of [sessionStorage, localStorage]) {
    if (now === fresh) store.removeItem(name);
    else store.setItem(name, now);
  }
}

function forget() {
  for (const store of [sessionStorage, localStorage]) store.removeItem(name);
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
  const draft = sessionStorage.getItem(name) ?? localStorage.getItem(name);
  if (!draft || draft === fresh) return;
  restoring = true;
  const values = new URLSearchParams(draft);
  fill(values);
  values.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  order({ more: { do: "restore" }, values });
}

const address = new URL(location.href);
if (address.searchParams.has("fresh")) {
  forget();
  address.searchParams.delete("fresh");
  history.replaceState(null, "", address);
} else if (fresh === null) save();
else restore();

form.addEventListener("input", save);
form.addEventListener("change", save);
form.addEventListener("answered", () => {
  restoring = false;
  save();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-start-over]")) return;
  event.preventDefault();
  forget();
  location.reload();
});
