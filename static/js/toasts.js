// A short message in the corner. Any part of the page may ask for one:
// document.dispatchEvent(new CustomEvent("toast", { detail: { text: "...", error: true } }))
const place = document.getElementById("toasts");
const LINGER = 8000;

function toast({ text, error = false }) {
  if ([...place.children].some((other) => other.firstChild.textContent === text)) return;
  const box = document.createElement("div");
  box.className = error ? "toast toast--error" : "toast";
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--quiet button--small";
  close.setAttribute("aria-label", place.dataset.close);
  close.textContent = "✕";
  close.addEventListener("click", () => box.remove());
  box.append(words, close);
  place.append(box);
  if (!error) setTimeout(() => box.remove(), LINGER);
}

// A fragment that refreshes itself fails silently: the next one will tell.
const asked = (event) => event.detail.requestConfig?.triggeringEvent?.isTrusted;

document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:responseError", (event) => {
  if (asked(event)) toast({ text: place.dataset.failed, error: true });
});
document.addEventListener("htmx:sendError", (event) => {
  if (asked(event)) toast({ text: place.dataset.unreachable, error: true });
});
