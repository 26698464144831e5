// htmx lets a second request of an element wait for the first; when the first one swaps the element away, the second
// is forgotten, and with it the news that asked for it. So news heard while anything is on its way is told once more
// to the fragment that came.
const missed = new Set();
const onTheWay = () => document.querySelector(".htmx-request") !== null;

document.addEventListener("task", ({ detail }) => {
  if (onTheWay()) missed.add(detail.task);
});

document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  for (const task of [...missed]) {
    const followers = `[hx-trigger*="task-${task} "]`;
    const here = elt.matches?.(followers) || elt.querySelector(followers);
    if (!here && elt.id !== "list") continue;
    missed.delete(task);
    if (here) document.dispatchEvent(new CustomEvent(`task-${task}`));
    else if (!elt.querySelector(`#task-${task}`)) document.dispatchEvent(new CustomEvent("tasks-new"));
  }
});
