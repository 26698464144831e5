// Keys in the picker: arrows walk over the cards as they lie, Enter in the search opens the first of them.
import { isAgain } from "./drafts.js";

const search = document.querySelector("[data-search]");
const cards = () => [...document.querySelectorAll("#shelves [data-row-link]")];
const WAYS = { ArrowDown: [0, 1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };
let open = false; // Enter was pressed; the answer to what was typed is still on its way
let typed = false;

// Who comes back finds the page where it was left.
if (!isAgain && !location.hash && document.activeElement === document.body) search.focus();

const middle = (card) => {
  const { left, right, top, bottom } = card.getBoundingClientRect();
  return [(left + right) / 2, (top + bottom) / 2];
};

// The nearest card that lies in this direction: straight on counts more than aside.
function next(from, [right, down]) {
  const [x, y] = middle(from);
  const ahead = cards().flatMap((card) => {
    const [toX, toY] = middle(card);
    const on = right ? (toX - x) * right : (toY - y) * down;
    const aside = Math.abs(right ? toY - y : toX - x);
    return on > 4 && !(right && aside > 4) ? [{ card, far: on + aside * 3 }] : [];
  });
  return ahead.sort((one, other) => one.far - other.far)[0]?.card;
}

function walk(event) {
  const way = WAYS[event.key];
  const at = event.target.closest?.("#shelves [data-row-link]");
  if (!way || !(at || (event.target === search && event.key === "ArrowDown"))) return;
  const to = at ? next(at, way) : cards()[0];
  if (!to && event.key !== "ArrowUp") return;
  event.preventDefault();
  (to ?? search).focus();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target === search && event.key === "Enter") {
    event.preventDefault();
    if (typed) open = true;
    else cards()[0]?.click();
    return;
  }
  walk(event);
});

search.addEventListener("input", () => {
  typed = true;
  open = false;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.requestConfig.elt !== search) return;
  typed = false;
  if (open) cards()[0]?.click();
  open = false;
});
