// <button data-copy="#id"> copies the text of #id, or the value when it is an input.
function reveal(part) {
  if (!navigator.clipboard) return;
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const from = document.querySelector(button.dataset.copy);
  if (!from) return;
  await navigator.clipboard.writeText(from.value ?? from.textContent);
  const word = button.querySelector("[data-done]");
  if (!word || word.dataset.word) return;
  word.dataset.word = word.textContent;
  word.textContent = word.dataset.done;
  setTimeout(() => {
    word.textContent = word.dataset.word;
    delete word.dataset.word;
  }, 1500);
});

document.addEventListener("htmx:load", (event) => reveal(event.detail.elt));
reveal(document);
