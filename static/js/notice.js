// "Tell me when it ends": a desktop notice about the task on this page, wished for once and remembered by this browser.
const KEY = "notice";
const FINAL = new Set(["succeeded", "failed", "refused", "cancelled"]);
const possible = "Notification" in window; // browsers offer it on https and on this machine only
const ended = new Set();

const wished = () => possible && Notification.permission === "granted" && localStorage.getItem(KEY) === "yes";

function show(part) {
  for (const box of part.querySelectorAll("[data-notify]")) {
    box.checked = wished();
    box.closest("label").hidden = !possible;
  }
}

document.addEventListener("change", async ({ target }) => {
  if (!target.matches("[data-notify]")) return;
  const yes = target.checked && (await Notification.requestPermission()) === "granted";
  target.checked = yes;
  localStorage.setItem(KEY, yes ? "yes" : "no");
});

document.addEventListener("task", ({ detail: { task, state } }) => {
  if (FINAL.has(state) && document.hidden) ended.add(`task-${task}`);
});

// The words are those of the fragment that has just been fetched; several tabs with one task give one notice.
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  show(elt);
  if (!ended.delete(elt.id) || !elt.dataset.say || !wished()) return;
  const notice = new Notification(elt.dataset.say, { body: elt.dataset.title, tag: elt.id });
  notice.onclick = () => window.focus();
});
show(document);
