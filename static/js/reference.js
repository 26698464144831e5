// Marks in the table of contents where the reader is.
const links = new Map();
for (const link of document.querySelectorAll(".ref__toc a")) {
  const part = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (part) links.set(part, link);
}
let current = null;

function mark(part) {
  if (part === current) return;
  document.querySelector(".ref__toc [aria-current]")?.removeAttribute("aria-current");
  current = part;
  let link = links.get(part);
  if (!link.offsetParent) link = link.closest("ul").parentElement.querySelector("a"); // a narrow page shows no parameters
  link.setAttribute("aria-current", "true");
  const list = link.closest(".ref__toc");
  const [place, frame] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  if (place.top < frame.top || place.bottom > frame.bottom) list.scrollTop += place.top - frame.top - frame.height / 2;
  if (place.left < frame.left || place.right > frame.right) list.scrollLeft += place.left - frame.left - 16;
}

// The part whose top was passed last; the reading line lies a little below the bar.
function look() {
  let last = null;
  for (const part of links.keys()) if (part.getBoundingClientRect().top <= 140) last = part;
  mark(last ?? links.keys().next().value);
}

let waiting = false;
addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    look();
  });
}, { passive: true });
if (links.size) look();
