// Import: a file is read into the box in the browser, so that it is seen before it is posted.
const form = document.getElementById("paste");
const box = form.elements.text;
const fault = document.getElementById("text-fault");
const most = Number(fault.dataset.most);
const choose = form.querySelector("[data-file]");

function isLong(size) {
  if (size > most) {
    fault.textContent = fault.dataset.long;
    fault.hidden = false;
  }
  return size > most;
}

choose.hidden = false;
choose.querySelector("input").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  if (file && !isLong(file.size)) {
    box.value = await file.text();
    form.requestSubmit();
  }
  target.value = "";
});

form.addEventListener("submit", (event) => {
  if (isLong(new Blob([box.value]).size)) event.preventDefault();
});
