// The light box: a picture as large as the window, left and right to the next one, Escape back to the page.
const box = document.getElementById("light");
const picture = box?.querySelector("img");
let links = [];
let at = 0;

// The pictures that belong together, in the order of the page; the task's fragment may have been swapped meanwhile.
function around(link) {
  return [...(link.closest("[data-lights]") ?? document).querySelectorAll("a[data-light]")];
}

function show(place) {
  at = (place + links.length) % links.length;
  const { href, dataset } = links[at];
  picture.src = href;
  picture.alt = dataset.caption ?? "";
  box.querySelector("[data-light-words]").textContent = dataset.caption ?? "";
  box.querySelector("[data-light-count]").textContent = links.length > 1 ? `${at + 1} / ${links.length}` : "";
  const file = box.querySelector("[data-light-file]");
  file.href = `${href}?download`;
  file.download = dataset.download ?? "";
  for (const button of box.querySelectorAll("[data-light-step]")) button.hidden = links.length < 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-light]");
  if (!box || !link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  links = around(link);
  show(links.indexOf(link));
  box.showModal();
});

box?.addEventListener("click", ({ target }) => {
  const step = target.closest("[data-light-step]");
  if (step) show(at + Number(step.dataset.lightStep));
  else if (target === box || target.closest("[data-light-close]") || target.matches(".light__stage")) box.close();
});

box?.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!by || links.length < 2) return;
  event.preventDefault();
  show(at + by);
});

box?.addEventListener("close", () => {
  picture.removeAttribute("src");
  const link = links[at];
  (link?.isConnected ? link : null)?.focus();
});
