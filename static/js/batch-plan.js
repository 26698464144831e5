// The plan of a batch: a CSV file is read into its box in the browser, so that it is seen before it is posted.
const form = document.getElementById("plan");

function show() {
  for (const label of form.querySelectorAll("[data-file]")) label.hidden = false;
}

// UTF-8, or what spreadsheets on a Chinese machine write.
function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

form.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-file] input")) return;
  event.stopPropagation();
  const [file] = event.target.files;
  const box = document.getElementById("csv");
  if (file) box.value = decoded(await file.arrayBuffer());
  event.target.value = "";
  box.dispatchEvent(new Event("change", { bubbles: true }));
}, { capture: true });

// Enter alone in a line of text does nothing: a run is paid for.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});

document.addEventListener("htmx:afterSwap", show);
show();
