// Fragments ask by themselves every few seconds. While nobody looks they need not, and while the stream is there they
// do so rarely: a net below it.
const RARELY = 30_000;
const askedAt = new Map(); // fragment -> when it last asked by itself
const opened = Date.now();

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  if (requestConfig.triggeringEvent || !elt.getAttribute("hx-trigger")?.includes("every ")) return;
  const live = document.documentElement.hasAttribute("data-live");
  const soon = Date.now() - (askedAt.get(elt.id) ?? opened) < RARELY;
  if (document.hidden || (live && soon)) event.preventDefault();
  else askedAt.set(elt.id, Date.now());
});
