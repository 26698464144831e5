// A mask, painted over a picture: black, and white where something was painted, of the picture's own pixels. It goes up
// like any other file and then stands in the field.
import { fault, take } from "./composer-files.js";

const dialog = document.getElementById("painter");
if (dialog) watch(dialog);

function watch(dialog) {
  const find = (name) => dialog.querySelector(`[data-${name}]`);
  const [mask, picture, ring, told, use] = ["mask", "picture", "ring", "told", "use"].map(find);
  const tools = find("tools").elements;
  const pen = mask.getContext("2d");
  let id = ""; // of the field's box
  let deeds = []; // all that was done, in order: strokes, and "clear" and "invert"; undo leaves out the last
  let stroke = null;
  let at = { x: 0, y: 0 }; // the brush, in pixels of the picture

  // The brush's width in pixels of the picture: a share of its shorter side.
  const width = () => (Math.min(mask.width, mask.height) * tools.size.value) / 100;

  // The picture is fitted into the canvas's box: from one to the other.
  function frame() {
    const { left, top, width: wide, height: high } = mask.getBoundingClientRect();
    const scale = Math.min(wide / mask.width, high / mask.height);
    return { left: left + (wide - mask.width * scale) / 2, top: top + (high - mask.height * scale) / 2, scale };
  }

  function place({ clientX, clientY }) {
    const { left, top, scale } = frame();
    return { x: (clientX - left) / scale, y: (clientY - top) / scale };
  }

  function line(from, to, { erase, size }) {
    pen.globalCompositeOperation = erase ? "destination-out" : "source-over";
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = size;
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y + (from.x === to.x && from.y === to.y ? 0.01 : 0)); // a dot is a very short line
    pen.stroke();
  }

  const whole = {
    clear: () => pen.clearRect(0, 0, mask.width, mask.height),
    invert: () => {
      pen.globalCompositeOperation = "xor";
      pen.fillRect(0, 0, mask.width, mask.height);
    },
  };

  function colour() {
    pen.strokeStyle = pen.fillStyle = getComputedStyle(mask).color;
  }

  function again() {
    whole.clear();
    colour();
    for (const deed of deeds) {
      if (typeof deed === "string") whole[deed]();
      else deed.points.forEach((point, number) => line(deed.points[Math.max(0, number - 1)], point, deed));
    }
    tell();
  }

  function begin(point) {
    stroke = { erase: tools.tool.value === "erase", size: width(), points: [point] };
    deeds.push(stroke);
    colour();
    line(point, point, stroke);
  }

  function go(point) {
    line(stroke.points[stroke.points.length - 1], point, stroke);
    stroke.points.push(point);
  }

  function end() {
    stroke = null;
    tell();
  }

  // How much of the picture is painted, looked at from afar: 1 where anything is, 100 where all is.
  function share() {
    const small = new OffscreenCanvas(64, 64).getContext("2d", { willReadFrequently: true });
    small.drawImage(mask, 0, 0, 64, 64);
    const { data } = small.getImageData(0, 0, 64, 64);
    let sum = 0;
    for (let i = 3; i < data.length; i += 4) sum += data[i];
    const percent = (100 * sum) / (255 * 64 * 64);
    return sum ? Math.max(1, Math.round(percent)) : 0;
  }

  function tell() {
    const painted = share();
    told.textContent = painted ? dialog.dataset.share.replace("%s", painted) : dialog.dataset.nothing;
    use.disabled = !painted;
    dialog.querySelector("[data-do=undo]").disabled = !deeds.length;
  }

  function move(point, shown = true) {
    at = { x: Math.min(mask.width, Math.max(0, point.x)), y: Math.min(mask.height, Math.max(0, point.y)) };
    const { left, top, scale } = frame();
    const box = ring.parentElement.getBoundingClientRect();
    ring.style.setProperty("--x", `${left - box.left + at.x * scale}px`);
    ring.style.setProperty("--y", `${top - box.top + at.y * scale}px`);
    ring.style.setProperty("--size", `${width() * scale}px`);
    ring.hidden = !shown;
  }

  async function open(button) {
    id = button.closest("[data-drop]").id;
    if (picture.getAttribute("src") !== button.dataset.picture) {
      picture.src = button.dataset.picture;
      const broken = await picture.decode().catch(() => true);
      if (broken) {
        picture.removeAttribute("src");
        return fault(id, dialog.dataset.broken);
      }
      [mask.width, mask.height] = [picture.naturalWidth, picture.naturalHeight];
      deeds = [];
      at = { x: mask.width / 2, y: mask.height / 2 };
    }
    dialog.showModal();
    again();
    mask.focus();
  }

  // Exactly black and white: the soft edges that a canvas draws would be half a wish.
  function file() {
    const sheet = new OffscreenCanvas(mask.width, mask.height);
    const ground = sheet.getContext("2d");
    const image = pen.getImageData(0, 0, mask.width, mask.height);
    for (let i = 0; i < image.data.length; i += 4) {
      image.data.fill(image.data[i + 3] > 127 ? 255 : 0, i, i + 3);
      image.data[i + 3] = 255;
    }
    ground.putImageData(image, 0, 0);
    return sheet.convertToBlob({ type: "image/png" }).then((blob) => new File([blob], "mask.png", { type: blob.type }));
  }

  function act(name) {
    if (name === "undo") deeds.pop();
    else deeds.push(name);
    again();
  }

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("[data-paint]");
    if (button) open(button);
  });

  dialog.addEventListener("click", async ({ target }) => {
    const name = target.closest("[data-do]")?.dataset.do;
    if (name) act(name);
    if (!target.closest("[data-use]")) return;
    const made = await file();
    dialog.close();
    await take(id, [made]);
  });

  mask.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    mask.focus({ preventScroll: true });
    mask.setPointerCapture(event.pointerId);
    move(place(event));
    begin(place(event));
  });

  mask.addEventListener("pointermove", (event) => {
    move(place(event));
    if (stroke) for (const each of event.getCoalescedEvents?.() ?? [event]) go(place(each));
  });

  for (const kind of ["pointerup", "pointercancel"]) mask.addEventListener(kind, () => stroke && end());
  mask.addEventListener("pointerleave", () => (ring.hidden = !mask.matches(":focus-visible")));
  mask.addEventListener("focus", () => mask.matches(":focus-visible") && move(at));
  mask.addEventListener("blur", () => (ring.hidden = true));
  tools.size.addEventListener("input", () => move(at, !ring.hidden));
  find("tools").addEventListener("submit", (event) => event.preventDefault());

  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  mask.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) {
      const step = Math.max(1, width() / 3);
      const from = at;
      move({ x: at.x + arrow[0] * step, y: at.y + arrow[1] * step });
      if (event.shiftKey) {
        begin(from);
        go(at);
        end();
      }
    } else if (event.key === " " || event.key === "Enter") {
      begin(at);
      end();
      move(at);
    } else if (event.key === "[" || event.key === "]") {
      tools.size.value = Number(tools.size.value) + (event.key === "]" ? 2 : -2);
      move(at);
    } else return;
    event.preventDefault();
  });

  dialog.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && deeds.length) {
      event.preventDefault();
      act("undo");
    }
  });
}
