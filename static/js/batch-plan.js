// The plan of a batch. A CSV file is read into its box in the browser, so that it is seen before it is posted. What
// stands in the plan is kept in this browser, with the form that it is of, until the batch begins.
import { isAgain, keep, kept } from "./drafts.js";

const form = document.getElementById("plan");
const name = form.elements.draft.value;
const OWN = ["axis-field", "axis-text", "csv", "repeat", "batch-name", "skip-twins"];
let restoring = false;

function held() {
  const all = [...new FormData(form)].filter(([key]) => !/^(csrfmiddlewaretoken|page_team|nonce|draft|do)$/.test(key));
  return new URLSearchParams(all);
}

const save = () => restoring || keep(name, held());
const isEmpty = (values) => !OWN.some((key) => values.getAll(key).some((text) => text && (key !== "repeat" || text !== "1")));

// Axes have no controls before the server draws them. Nothing can be typed meanwhile, so nothing typed is replaced.
async function restore(values) {
  const posted = new FormData();
  for (const [key, value] of values) posted.append(key, value);
  for (const key of ["csrfmiddlewaretoken", "nonce", "draft"]) posted.set(key, form.elements[key].value);
  posted.set("do", "restore");
  restoring = true;
  form.inert = true;
  const put = { source: document.body, target: form, swap: "innerHTML", select: "#plan > *", values: posted };
  await htmx.ajax("POST", form.getAttribute("hx-post"), put).catch(() => {});
  form.inert = false;
}

// A page that was opened from the form holds that form as it is now, and the plan as it was left; one that was opened by
// its address, or loaded again, holds neither.
function open() {
  const before = kept(name);
  const now = held();
  if (!before) return "restores" in form.dataset ? location.replace(form.dataset.restores) : save();
  if ("restores" in form.dataset || isAgain) return restore(before);
  if (!isEmpty(now) || isEmpty(before)) return save();
  for (const key of OWN) {
    now.delete(key);
    for (const text of before.getAll(key)) now.append(key, text);
  }
  // What was to be private in the one or in the other stays so.
  if (before.getAll("private").includes("on") && !now.getAll("private").includes("on")) now.append("private", "on");
  restore(now);
}

function show() {
  for (const label of form.querySelectorAll("[data-file]")) label.hidden = false;
}

// UTF-8, or what spreadsheets on a Chinese machine write.
function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

form.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-file] input")) return;
  event.stopPropagation();
  const [file] = event.target.files;
  const box = document.getElementById("csv");
  if (file) box.value = decoded(await file.arrayBuffer());
  event.target.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
}, { capture: true });

// Enter alone in a line of text does nothing: a run is paid for.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});

form.addEventListener("input", save);
form.addEventListener("change", save);
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target === form) restoring = false;
  show();
  save();
});
show();
open();
// What is loaded again, or come back to, is asked for by its address: a browser would post the form once more.
history.replaceState(history.state, "", location.href);
