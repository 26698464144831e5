// A comment's box: @ opens the list of the team's people, arrows and Enter choose. While an input method composes,
// nothing is chosen. Whom somebody picked goes along as an id, because two people may have one name.
const SHOWN = 6;
const WORD = /(?:^|[^A-Za-z0-9_.@])@([^@\n]{0,40})$/u;

const box = (element) => element?.closest?.("[data-mention]");
const field = (root) => root.querySelector("textarea");
const list = (root) => root.querySelector("[role=listbox]");
const options = (root) => [...list(root).querySelectorAll("[role=option]:not([hidden])")];

function close(root) {
  list(root).hidden = true;
  field(root).removeAttribute("aria-activedescendant");
}

function mark(root, option) {
  for (const each of list(root).querySelectorAll("[role=option]")) each.setAttribute("aria-selected", String(each === option));
  field(root).setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function sought(root) {
  const { value, selectionStart } = field(root);
  return value.slice(0, selectionStart).match(WORD)?.[1];
}

// Of a large team the list holds some: the server looks for the others.
function seek(root, text) {
  const names = list(root);
  if (names.querySelector("[data-more]")) names.dataset.some = "";
  if (!("some" in names.dataset) || (names.dataset.sought ?? "") === text) return;
  names.dataset.sought = text;
  const source = `${names.getAttribute("hx-get")}&q=${encodeURIComponent(text)}`;
  htmx.ajax("GET", source, { source: names, target: names, swap: "innerHTML" }).catch(() => {});
}

function offer(root) {
  const text = sought(root)?.toLowerCase();
  if (text === undefined) return close(root);
  seek(root, text);
  let found = 0;
  for (const each of list(root).querySelectorAll("[role=option]")) {
    const named = `${each.dataset.name}\n${each.textContent}`.toLowerCase();
    each.hidden = !named.includes(text) || ++found > SHOWN;
  }
  if (!found) return close(root);
  list(root).hidden = false;
  mark(root, options(root)[0]);
}

function choose(root, option) {
  const area = field(root);
  const end = area.selectionStart;
  const start = end - sought(root).length;
  area.setRangeText(`${option.dataset.name} `, start, end, "end");
  const id = document.createElement("input");
  Object.assign(id, { type: "hidden", name: "mention", value: option.dataset.person });
  root.append(id);
  area.dispatchEvent(new Event("input", { bubbles: true })); // for who keeps what is written
  close(root);
  area.focus();
}

document.addEventListener("input", ({ target, isComposing }) => box(target) && !isComposing && offer(box(target)));
document.addEventListener("compositionend", ({ target }) => box(target) && offer(box(target)));
document.addEventListener("focusout", ({ target }) => box(target) && close(box(target)));

document.addEventListener("keydown", (event) => {
  const root = box(event.target);
  if (!root || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return root.closest("form").requestSubmit();
  if (list(root).hidden) return;
  const all = options(root);
  const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) mark(root, all[(at + by + all.length) % all.length]);
  else if (event.key === "Enter" || event.key === "Tab") choose(root, all[at]);
  else if (event.key === "Escape") close(root);
  else return;
  event.preventDefault();
});

// The names came after the @ that asked for them.
document.addEventListener("htmx:afterSwap", ({ target }) => box(target) && offer(box(target)));

// Before the box loses its focus.
document.addEventListener("mousedown", (event) => {
  const option = event.target.closest?.("[data-mention] [role=option]");
  if (!option) return;
  event.preventDefault();
  choose(box(option), option);
});

// The list of comments fetches itself now and then, but never over one that is being edited or older ones being read.
let earlier = false;
document.addEventListener("click", ({ target }) => (earlier ||= Boolean(target.closest?.("#talk-older"))));
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt.id === "talk-lines" && (earlier || elt.querySelector("form.comment"))) event.preventDefault();
});
