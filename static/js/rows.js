// A task that is not in the list yet: at the top of the page the list takes it in; further down a button offers it,
// so that nothing moves under the eyes of who is reading.
const fresh = new Set();

const isRead = (list) => window.scrollY >= 160 || list.contains(document.activeElement);

function offer(list) {
  const box = list.querySelector("[data-new-tasks]");
  box.querySelector("[data-new-count]").textContent = String(fresh.size);
  box.hidden = false;
}

function take() {
  fresh.clear();
  document.dispatchEvent(new CustomEvent("tasks-new"));
}

// The figures on the chips follow every change of a state.
const states = new Map();

document.addEventListener("task", ({ detail }) => {
  if (states.get(detail.task) === detail.state) return;
  states.set(detail.task, detail.state);
  document.dispatchEvent(new CustomEvent("tasks-moved"));
});

document.addEventListener("task", ({ detail }) => {
  const list = document.getElementById("list");
  if (!list || list.dataset.newest !== "yes" || document.getElementById(`task-${detail.task}`)) return;
  if (detail.kind !== "begun") return;
  fresh.add(detail.task);
  if (isRead(list)) offer(list);
  else take();
});

// So it is with what the list asks for by itself, every few seconds or after a nap: under somebody's eyes it renews the
// rows that are there, and offers the others.
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  const { elt, triggeringEvent } = detail.requestConfig;
  if (target.id !== "list" || elt !== target || triggeringEvent?.type === "tasks-new" || !isRead(target)) return;
  detail.shouldSwap = false;
  const theirs = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  for (const part of theirs.querySelectorAll("#list-top, .task-row")) {
    const mine = document.getElementById(part.id);
    if (mine) window.htmx.swap(mine, part.outerHTML, { swapStyle: "outerHTML", swapDelay: 0, settleDelay: 0 });
    else fresh.add(Number(part.id.replace("task-", "")));
  }
  if (fresh.size) offer(target);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-new-tasks] button")) return;
  take();
  window.scrollTo({ top: 0 });
});
