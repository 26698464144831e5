// A fragment that carries data-say is spoken once when its words change, and data-title names the tab.
const line = document.getElementById("say");
const said = new Map();

function hear(part, aloud) {
  const found = [...part.querySelectorAll("[data-say]")];
  if (part.matches?.("[data-say]")) found.push(part);
  for (const element of found) {
    const { say, title } = element.dataset;
    if (aloud && said.get(element.id) !== say) line.textContent = say;
    said.set(element.id, say);
    if (title) document.title = title;
  }
}

hear(document, false);
document.addEventListener("htmx:load", (event) => hear(event.detail.elt, true));
