// A menu is a <details>. Escape and a click elsewhere close it; the focus goes back to what opened it.
const open = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing) return;
  for (const menu of open()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});

document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

// Up and down walk through an open menu; down opens a closed one.
document.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = document.activeElement?.closest("details[data-menu]");
  if (!by || !menu || event.isComposing || event.defaultPrevented) return;
  const inside = menu.querySelector(".menu__sheet").contains(document.activeElement);
  if (!inside && !document.activeElement.matches("summary")) return;
  menu.open = true;
  const items = [...menu.querySelectorAll(".menu__item:not(:disabled)")].filter((item) => item.offsetParent);
  const at = items.indexOf(document.activeElement);
  event.preventDefault();
  items[at < 0 ? (by > 0 ? 0 : items.length - 1) : (at + by + items.length) % items.length]?.focus();
});

// A sheet that would leave the window on the right grows to the left instead. Below or above its button it goes where
// it fits, below if it can, and else where there is more room, and is never higher than that.
const GAP = 12; // pixels that stay free at the window's edge
const inset = (side) => Number.parseFloat(getComputedStyle(document.documentElement)[`scrollPadding${side}`]) || 0;

function place(menu) {
  const sheet = menu.querySelector(".menu__sheet");
  if (menu.matches(".menu--start") && sheet.getBoundingClientRect().right > innerWidth) menu.classList.remove("menu--start");
  sheet.style.maxBlockSize = sheet.style.minBlockSize = "";
  menu.classList.remove("menu--up");
  if (getComputedStyle(sheet).position === "fixed") return;
  const button = menu.querySelector("summary").getBoundingClientRect();
  const below = innerHeight - inset("Bottom") - button.bottom - GAP;
  const above = button.top - inset("Top") - GAP;
  const needed = sheet.getBoundingClientRect().height;
  const up = needed > below && above > below;
  menu.classList.toggle("menu--up", up);
  sheet.style.maxBlockSize = `${Math.min(needed, up ? above : below)}px`;
}

// The search box of a long menu leaves what holds its words, in either language, and the headings of that.
function sift(list, text) {
  const words = text.toLowerCase().split(/\s+/);
  let any = false;
  for (const shelf of list.querySelectorAll("[data-menu-shelf]")) {
    const items = [...shelf.querySelectorAll("[data-words]")];
    for (const item of items) item.hidden = !words.every((word) => item.dataset.words.includes(word));
    shelf.hidden = items.every((item) => item.hidden);
    any ||= !shelf.hidden;
  }
  list.querySelector("[data-menu-none]").hidden = any;
}

// It stays where it is while one types: the menu does not shrink with its list.
document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-menu-search]")) return;
  const sheet = target.closest(".menu__sheet");
  sheet.style.minBlockSize ||= `min(${sheet.getBoundingClientRect().height}px, 70dvh)`;
  sift(sheet, target.value);
});

document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details[data-menu][open]")) return;
  const search = target.querySelector("[data-menu-search]");
  if (search) {
    search.value = "";
    sift(target.querySelector(".menu__sheet"), "");
  }
  place(target);
}, true);

document.addEventListener("htmx:afterSwap", ({ target }) => {
  const menu = target.closest?.("details[data-menu][open]");
  if (menu) place(menu);
});
