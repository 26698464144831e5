// Nothing is asked and nothing is swapped while an input method composes, and never under the fingers: a button that
// is replaced between its press and its release would lose the click.
const form = document.getElementById("compose");
let composing = false;
let held = false; // something that takes a click is being pressed
let missed = false;

const again = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));

document.addEventListener("compositionstart", () => {
  composing = true;
});

document.addEventListener("compositionend", (event) => {
  composing = false;
  // The browser sends no further input event once the composition is over.
  setTimeout(() => again(event.target));
});

// Capture: the form's own trigger listens further up the way.
form.addEventListener(
  "input",
  (event) => {
    if (composing || event.isComposing || event.target.matches("[data-quiet], [data-quiet-typing]")) {
      event.stopPropagation();
    }
  },
  true,
);

form.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("[data-quiet]")) event.stopPropagation();
  },
  true,
);

document.addEventListener("htmx:beforeRequest", (event) => {
  if (composing) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!composing && !held) return;
  event.detail.shouldSwap = false;
  missed = missed || held;
});

document.addEventListener("pointerdown", (event) => {
  held = event.target.closest("button, a, summary, label") !== null;
});

// After the click that follows the release.
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => {
    held = false;
    catchUp();
  }));
}

// A field that is being used keeps its markup; it is asked for anew when the focus has left it.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const active = document.activeElement;
  const used = active?.matches("input, textarea, select") && event.detail.target.contains(active);
  if (!used && !composing) return;
  event.detail.shouldSwap = false;
  missed = true;
});

form.addEventListener("focusout", () => catchUp());

function catchUp() {
  if (!missed || composing || held) return;
  missed = false;
  again(form);
}

// Enter in a line of text does nothing: a run is paid for.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});
