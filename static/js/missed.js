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
    const id = `task-${task}`;
    const here = elt.id === id || elt.querySelector(`#${id}`);
    if (!here && elt.id !== "list") continue;
    missed.delete(task);
    document.dispatchEvent(new CustomEvent(here ? id : "tasks-new"));
  }
});
