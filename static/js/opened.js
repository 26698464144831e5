// What a person opened stays open when its fragment is swapped for a newer one.
const opened = new Set();

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  for (const part of detail.target.querySelectorAll("details[id]")) {
    if (part.open) opened.add(part.id);
    else opened.delete(part.id);
  }
});

document.addEventListener("htmx:load", ({ detail }) => {
  for (const part of detail.elt.querySelectorAll("details[id]")) if (opened.has(part.id)) part.open = true;
});
