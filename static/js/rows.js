// A task that is not in the list yet: at the top of the page the list takes it in; further down a button offers it,
// so that nothing moves under the eyes of who is reading.
const fresh = new Set();

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
  if (window.scrollY < 160 && !list.contains(document.activeElement)) take();
  else offer(list);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-new-tasks] button")) return;
  take();
  window.scrollTo({ top: 0 });
});

for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
