// Keys on top of what buttons already do. Letters stay letters in a field and while an input method composes.
const sheet = document.getElementById("shortcuts");
const single = sheet.querySelector("[data-single-keys]");
const ROOMS = { c: "compose", t: "tasks", b: "batches", r: "results", l: "library", d: "reference" };
let lead = "";

single.checked = localStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => localStorage.setItem("single-keys", single.checked ? "on" : "off"));

for (const part of document.querySelectorAll("[data-shortcuts-open]")) {
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => sheet.showModal());
}

const writes = (element) => element.matches("input, textarea, select, [contenteditable]");

function step(by) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row-link]")];
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by]?.focus();
}

function press(key) {
  if (lead === "g" && ROOMS[key]) return document.querySelector(`[data-room="${ROOMS[key]}"]`)?.click();
  if (key === "?") return sheet.showModal();
  if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
  if (key === "/") return document.querySelector("[data-search]")?.focus();
  document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (!single.checked || sheet.open || writes(target)) return;
  if (key === "/" && document.querySelector("[data-search]")) event.preventDefault();
  press(key);
  lead = key === "g" ? "g" : "";
});
