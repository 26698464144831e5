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

// A sheet that would leave the window on the right grows to the left instead.
document.addEventListener("toggle", ({ target }) => {
  if (!target.matches?.("details[data-menu][open].menu--start")) return;
  if (target.querySelector(".menu__sheet").getBoundingClientRect().right > innerWidth) target.classList.remove("menu--start");
}, true);
