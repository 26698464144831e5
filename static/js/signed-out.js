// A page that asks by itself, or while somebody types, stays when the session has ended elsewhere, with all that its forms
// hold; only a press leads to sign-in.
const bar = document.querySelector("[data-signed-out]");
const PRESSES = new Set(["click", "submit"]);

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig } = event.detail;
  const to = xhr.getResponseHeader("HX-Redirect") ?? "";
  bar.hidden = !to.startsWith(bar.dataset.signedOut);
  if (bar.hidden || (requestConfig.triggeringEvent?.isTrusted && PRESSES.has(requestConfig.triggeringEvent.type))) return;
  event.preventDefault();
  bar.querySelector("a").href = to;
});
