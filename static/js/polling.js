// Fragments ask by themselves every few seconds. While nobody looks they need not; while the stream is there they do so
// rarely, as a net below it, and at once when their last request failed: what the stream told of was not fetched yet.
const RARELY = 30_000;
const PATIENCE = 10_000; // a connection that died in a closed laptop answers nothing, for minutes
const EVERY = '[hx-trigger*="every "]';
const askedAt = new Map(); // fragment -> when it last asked by itself
const opened = Date.now();

const bySelf = ({ elt, requestConfig }) => !requestConfig.triggeringEvent && elt.matches(EVERY);

function may(elt) {
  if (document.hidden) return false;
  if (!document.documentElement.hasAttribute("data-live") || "stale" in elt.dataset) return true;
  if ("unstreamed" in elt.dataset) return true; // the stream does not tell of what it shows
  return Date.now() - (askedAt.get(elt.id) ?? opened) >= RARELY;
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "get" && detail.elt.closest(EVERY)) detail.timeout = PATIENCE;
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (!bySelf(event.detail)) return;
  if (may(elt)) askedAt.set(elt.id, Date.now());
  else event.preventDefault();
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, successful } }) => {
  if (successful) delete elt.dataset.stale;
  else elt.closest(EVERY)?.setAttribute("data-stale", "");
});
