// The grid of a batch: how many cells are chosen to be compared, in a box that asks for it once there are two.
const grid = document.getElementById("grid");
const choice = grid?.querySelector("[data-choice]");

function count() {
  const chosen = grid.querySelectorAll('input[name="cell"]:checked').length;
  choice.hidden = chosen === 0;
  choice.querySelector("button:not([type])").hidden = chosen < 2;
  const { one, several } = choice.dataset;
  choice.querySelector("[data-chosen]").textContent = chosen < 2 ? one : several.replace("{number}", chosen);
}

grid?.addEventListener("change", count);
grid?.addEventListener("reset", () => setTimeout(count));
// Where each cell stands in line comes with the news: one attribute instead of hundreds of fragments to swap.
document.addEventListener("htmx:load", ({ detail }) => {
  for (const [number, words] of Object.entries(JSON.parse(detail.elt.dataset?.places ?? "{}"))) {
    const place = document.getElementById(`place-${number}`);
    if (place) place.textContent = words;
  }
});
if (grid) count();
