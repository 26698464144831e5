// The picker of what the team has already: opened for one field, one choice goes into it.
import { fault as refuse, put, read } from "./composer-files.js";
import { headers } from "./headers.js";

const chooser = document.getElementById("chooser");
const search = chooser.querySelector("[role=search]");
const trouble = chooser.querySelector("[data-chooser-fault]");
let id = "";

function open(box) {
  if (box.dataset.refused) return refuse(box.id, box.dataset.refused);
  id = box.id;
  search.elements.takes.value = box.dataset.takes;
  search.elements.q.value = "";
  fault("");
  chooser.querySelector("#choices").replaceChildren();
  chooser.showModal();
  search.elements.q.focus();
  htmx.trigger(search, "submit");
}

function fault(sentence) {
  trouble.textContent = sentence;
  trouble.hidden = !sentence;
}

// A result is made a file of the studio first.
async function referenceOf({ dataset }) {
  if (dataset.reference) return dataset.reference;
  const asked = { method: "POST", headers: { ...headers, "HX-Request": "true" } };
  const answer = await fetch(dataset.take, asked).catch(() => null);
  const { reference, sentence } = read(answer ? await answer.text() : "");
  if (!reference) fault(sentence || trouble.dataset.failed);
  return reference;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-earlier]");
  if (button) open(button.closest("[data-drop]"));
});

chooser.addEventListener("click", async (event) => {
  if (event.target === chooser) return chooser.close(); // beside the sheet
  const tile = event.target.closest(".choice-tile");
  if (!tile) return;
  tile.classList.add("htmx-request");
  const reference = await referenceOf(tile);
  tile.classList.remove("htmx-request");
  if (!reference) return;
  chooser.close();
  await put(id, reference);
});
