// Fragments ask by themselves every few seconds. While the stream is there, or nobody looks, they need not.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, requestConfig } = event.detail;
  const bySelf = !requestConfig.triggeringEvent && elt.getAttribute("hx-trigger")?.includes("every ");
  const live = document.documentElement.hasAttribute("data-live");
  if (bySelf && (live || document.hidden)) event.preventDefault();
});
