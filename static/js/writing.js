// What is being written (`form[data-writing]`, its field `draft` names the draft) survives a reload and a sign-in in
// between: what a person sets, the people picked, and of the page's own fields those with `data-kept`, which say on what
// it was begun.
import { forget, isAgain, keep, kept } from "./drafts.js";

const beginnings = new WeakMap(); // what each form held when it came, as text
const name = (form) => form.elements.draft.value;

const isOwn = (control) => control?.type === "hidden" && control.name !== "mention" && !("kept" in control.dataset);

function held(form) {
  return new URLSearchParams([...new FormData(form)].filter(([key]) => !isOwn(form.elements[key])));
}

function isTouched(form) {
  const boxes = form.querySelectorAll("textarea, input:not([type=hidden], [type=radio], [type=checkbox])");
  return [...boxes].some((box) => box.value !== box.defaultValue);
}

function fill(form, values) {
  for (const control of form.elements) {
    const there = values.getAll(control.name);
    if (!there.length) continue;
    if (control.matches("[type=radio], [type=checkbox]")) control.checked = there.includes(control.value);
    else [control.value] = there;
  }
  for (const person of values.getAll("mention")) {
    const id = document.createElement("input");
    Object.assign(id, { type: "hidden", name: "mention", value: person });
    form.querySelector("[data-mention]").append(id);
  }
}

function save(form) {
  const now = held(form);
  if (String(now) === beginnings.get(form)) forget(name(form));
  else keep(name(form), now);
}

// What came back from the studio with a reason holds what was posted, which is no older than the draft.
function open(form) {
  const early = isTouched(form); // somebody was quicker than this script
  beginnings.set(form, early ? null : String(held(form)));
  if (early) return save(form);
  const draft = kept(name(form));
  if (!draft || !("restores" in form.dataset || isAgain)) return;
  fill(form, draft);
  const fold = form.closest("details");
  if (fold) fold.open = true;
  const note = form.querySelector("[data-restored]");
  if (note) note.hidden = false;
}

function openAll(root) {
  for (const form of [root, ...root.querySelectorAll("form[data-writing]")]) {
    if (form.matches("form[data-writing]") && !beginnings.has(form)) open(form);
  }
}

document.addEventListener("input", ({ target }) => target.form?.matches("[data-writing]") && save(target.form));
document.addEventListener("click", ({ target }) => {
  const form = target.closest?.("[data-writing-drop]")?.closest("[data-writing]");
  if (form) forget(name(form));
});
// The answer takes the place of the form: what was typed until then would be gone.
for (const [moment, isSent] of [["htmx:beforeSend", true], ["htmx:afterRequest", false]]) {
  document.addEventListener(moment, ({ detail: { elt } }) => {
    if (!elt.matches("form[data-writing]")) return;
    for (const box of elt.querySelectorAll("textarea")) box.readOnly = isSent;
  });
}
document.addEventListener("htmx:load", ({ target }) => openAll(target));
openAll(document.documentElement);
