// <button data-copy="#id"> copies the text of #id, or the value when it is an input, and says so, aloud too.
const line = document.getElementById("say");

function reveal(part) {
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
}

// Browsers offer the clipboard on https and on this machine only; elsewhere the old way still works.
async function put(text, button) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  button.after(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  button.focus();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const from = document.querySelector(button.dataset.copy);
  if (!from) return;
  await put(from.value ?? from.textContent, button);
  const word = button.querySelector("[data-done]");
  if (!word || word.dataset.word) return;
  word.dataset.word = word.textContent;
  word.textContent = word.dataset.done;
  line.textContent = word.dataset.done;
  setTimeout(() => {
    line.textContent = ""; // the same words are said again only if they were gone
    word.textContent = word.dataset.word;
    delete word.dataset.word;
  }, 1500);
});

document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
reveal(document);
