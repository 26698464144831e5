// Whether the page may be changed now: a button that is replaced between its press and its release loses the click.
const PRESSED = "button, a, summary, label, [type=checkbox], [type=radio], [role=option]";
const waiting = [];
let pressing = false;
let composing = false;

// While nothing is pressed and no input method composes, or as soon as that is so.
export function handsFree() {
  return pressing || composing ? new Promise((go) => waiting.push(go)) : Promise.resolve();
}

function release() {
  if (!pressing && !composing) for (const go of waiting.splice(0)) go();
}

function press(event) {
  if (event.button !== 0 && event.key !== " ") return;
  if (event.target.matches?.(`:is(${PRESSED}), :is(${PRESSED}) *`)) pressing = true;
}

// After the click that follows a release.
function letGo() {
  setTimeout(() => {
    pressing = false;
    release();
  });
}

for (const start of ["pointerdown", "keydown"]) document.addEventListener(start, press);
for (const end of ["pointerup", "pointercancel", "dragend", "contextmenu"]) document.addEventListener(end, letGo);
document.addEventListener("keyup", (event) => event.key === " " && letGo());
window.addEventListener("blur", letGo);

document.addEventListener("compositionstart", () => {
  composing = true;
});

document.addEventListener("compositionend", () => setTimeout(() => {
  composing = false;
  release();
}));

// What htmx asked for waits as well, with all that its answer brings.
document.addEventListener("htmx:beforeSend", ({ detail: { xhr } }) => {
  const { onload, onabort } = xhr;
  xhr.onload = async () => {
    const held = pressing;
    if (held) await handsFree();
    if (held && !xhr.status) onabort(); // a newer question took its place meanwhile
    else onload();
  };
});
