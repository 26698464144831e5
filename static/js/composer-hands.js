// Whether the page may be changed now. Nothing is swapped while an input method composes, and nothing under a finger:
// a button that is replaced between its press and its release would lose the click.
const waiting = [];
let composing = false;
let pressing = false;

export function handsFree() {
  return composing || pressing ? new Promise((go) => waiting.push(go)) : Promise.resolve();
}

function release() {
  if (!composing && !pressing) for (const go of waiting.splice(0)) go();
}

document.addEventListener("compositionstart", () => {
  composing = true;
});

document.addEventListener("compositionend", () => setTimeout(() => {
  composing = false;
  release();
}));

document.addEventListener("pointerdown", (event) => {
  pressing = event.target.closest("button, a, summary, label") !== null;
});

// After the click that follows the release.
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => setTimeout(() => {
    pressing = false;
    release();
  }));
}
