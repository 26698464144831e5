// A result that was just kept: at the top of the newest page the wall takes it in; further down, or beside an open
// picture, a button offers it, so that nothing moves under the eyes of who is looking.
let fresh = 0;

function offer(wall) {
  const box = wall.querySelector("[data-new-results]");
  box.querySelector("[data-new-count]").textContent = String(fresh);
  box.hidden = false;
}

function take() {
  fresh = 0;
  document.dispatchEvent(new CustomEvent("results-new"));
}

document.addEventListener("task", ({ detail }) => {
  const wall = document.getElementById("wall");
  if (detail.kind !== "kept" || wall?.dataset.newest !== "yes") return;
  fresh += 1;
  const busy = wall.contains(document.activeElement) || document.querySelector("dialog[open]");
  if (window.scrollY < 160 && !busy) take();
  else offer(wall);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-new-results] button")) return;
  take();
  window.scrollTo({ top: 0 });
});
