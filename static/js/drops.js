// A file may only fall where it is taken; beside that the browser would leave the page for it, with all that was typed.
// In `[data-file-place]` it is as if its file had been chosen there. Who takes files otherwise has heard before.
const carries = ({ dataTransfer, defaultPrevented }) => !defaultPrevented && dataTransfer?.types.includes("Files");
const taker = ({ target }) =>
  target.closest?.("input[type=file]") ?? target.closest?.("[data-file-place]")?.querySelector("input[type=file]");

window.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = taker(event) ? "copy" : "none";
});

window.addEventListener("drop", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  const input = taker(event);
  if (!input) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
