// Files for a field: dropped, pasted or chosen they go up at once. What stands in the form is the studio's short text
// for each, so the body can be shown, and the server draws what it stands for.
import { answered, ask, order } from "./composer-asking.js";
import { headers } from "./headers.js";

const form = document.getElementById("compose");
const line = document.getElementById("say");
const going = new Map(); // by the box's id: how to stop what is on its way
const KINDS = { image: /^image\//, video: /^video\//, audio: /^audio\//, text: /^text\// };

const box = (id) => document.getElementById(id); // an answer may have brought new markup
const part = (id, name) => box(id)?.querySelector(`[data-${name}]`);

export function fault(id, sentence) {
  const place = part(id, "fault");
  if (!place) return;
  place.textContent = sentence;
  place.hidden = !sentence;
}

function show(id, name, share) {
  const place = part(id, "going");
  if (!place) return;
  place.hidden = false;
  place.querySelector("progress").value = share * 100;
  place.querySelector("[data-going-name]").textContent = `${name} · ${Math.round(share * 100)} %`;
}

// The request's body is the file as it is. Gives the request once it has ended, however it ended.
function send(id, file) {
  return new Promise((tell) => {
    const request = new XMLHttpRequest();
    request.open("POST", box(id).dataset.upload);
    const heads = {
      ...headers,
      "X-File-Name": encodeURIComponent(file.name),
      "Content-Type": "application/octet-stream",
      "HX-Request": "true",
    };
    for (const [name, value] of Object.entries(heads)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => show(id, file.name, total ? loaded / total : 0));
    request.addEventListener("loadend", () => tell(request));
    going.set(id, () => {
      request.cancelled = true;
      request.abort();
    });
    show(id, file.name, 0);
    request.send(file);
  });
}

// What a fragment of ours says: the reference of a file, or why there is none.
export function read(html) {
  const found = new DOMParser().parseFromString(html, "text/html");
  return {
    reference: found.querySelector("[data-reference]")?.dataset.reference ?? "",
    sentence: found.querySelector("[data-not-taken]")?.textContent ?? "",
  };
}

// Into JSON the text goes where the cursor is, as a value of its own unless the cursor stands between quotes.
function write(control, text) {
  const { value, selectionStart: from, selectionEnd: to } = control;
  const quoted = value[from - 1] === '"' && value[to] === '"';
  if (value.trim()) control.setRangeText(quoted ? text : JSON.stringify(text), from, to, "end");
  else control.value = control.dataset.frame.replace("…", text);
}

// Put a file or an address into a field as if it had been typed there, and wait until the page shows it.
export async function put(id, text) {
  const control = part(id, "held") ?? part(id, "address") ?? part(id, "text");
  if (!control) return;
  fault(id, "");
  if ("text" in control.dataset) write(control, text);
  else control.value = text;
  control.dispatchEvent(new Event("input", { bubbles: true }));
  const row = box(id).closest("[data-row]") ?? box(id); // a field in use is not drawn anew
  if (row.contains(document.activeElement)) document.activeElement.blur();
  await answered();
  const last = [...(box(id)?.querySelectorAll("[data-remove]") ?? [])].pop();
  last?.focus();
}

async function upload(id, file) {
  const { most, tooLarge, failed, added } = box(id).dataset;
  fault(id, "");
  if (file.size > Number(most)) return fault(id, tooLarge);
  const request = await send(id, file);
  going.delete(id);
  const place = part(id, "going");
  if (place) place.hidden = true;
  if (request.status === 0 && !request.responseText) return fault(id, request.cancelled ? "" : failed);
  const { reference, sentence } = read(request.responseText);
  if (!reference) {
    if (!sentence) ask(); // which tells of a sign-in that has ended
    return fault(id, sentence || failed);
  }
  await put(id, reference);
  line.textContent = `${added} ${file.name}`;
}

// One after the other, in their order; a field for one file takes the first.
export async function take(id, files) {
  if (going.has(id)) return;
  if (box(id).dataset.refused) return fault(id, box(id).dataset.refused);
  for (let fold = box(id).closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  for (const file of "many" in box(id).dataset ? files : [...files].slice(0, 1)) await upload(id, file);
}

async function address(id, text) {
  await put(id, text);
  if (box(id) && "onlyInside" in box(id).dataset) await order({ more: { do: "bring" } });
}

form.addEventListener("change", ({ target }) => {
  const id = target.closest("[data-drop]")?.id;
  if (!id) return;
  if (target.matches("[data-choose]")) {
    take(id, [...target.files]);
    target.value = "";
  } else if ("onlyInside" in box(id).dataset && /^https?:/i.test(target.value)) order({ more: { do: "bring" } });
});

form.addEventListener("click", ({ target }) => {
  if (target.closest("[data-cancel]")) going.get(target.closest("[data-drop]").id)?.();
});

// What falls beside a field: drops.js.
const carries = ({ dataTransfer }) => dataTransfer && ["Files", "text/uri-list"].some((kind) => dataTransfer.types.includes(kind));
const mark = (now) => {
  for (const each of form.querySelectorAll("[data-drop]")) each.classList.toggle("drop--over", each === now);
};

document.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  const now = event.target.closest?.("[data-drop]");
  form.classList.add("is-dragging");
  mark(now);
  if (now) event.preventDefault();
  else event.dataTransfer.dropEffect = "none";
});

for (const end of ["dragleave", "drop", "dragend"]) {
  document.addEventListener(end, (event) => {
    if (end === "dragleave" && event.relatedTarget) return;
    form.classList.remove("is-dragging");
    mark(null);
  });
}

document.addEventListener("drop", (event) => {
  const id = event.target.closest?.("[data-drop]")?.id;
  if (!id || !carries(event)) return;
  if (event.dataTransfer.files.length) {
    event.preventDefault();
    take(id, [...event.dataTransfer.files]);
    return;
  }
  const url = event.dataTransfer.getData("text/uri-list").split("\n").find((each) => /^https?:/i.test(each));
  if (!url) return;
  event.preventDefault();
  address(id, url.trim());
});

// A pasted picture goes to the field it was pasted into, else to the first one that takes its kind, an empty one first.
function wanting({ type }) {
  const takes = ({ dataset }) => dataset.takes.split(",").some((kind) => kind === "file" || KINDS[kind]?.test(type));
  const fitting = [...form.querySelectorAll("[data-drop]")].filter((each) => !each.closest("[hidden]") && takes(each));
  return fitting.find((each) => "many" in each.dataset || part(each.id, "address")?.value === "") ?? fitting[0];
}

document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  const here = event.target.closest?.("[data-drop]");
  // A copied table is a text and a picture of it: in a text it is the text that is meant.
  if (!files.length || document.querySelector("dialog[open]")) return;
  if (!here && event.clipboardData.types.includes("text/plain")) return;
  const id = (here ?? wanting(files[0]))?.id;
  if (!id) return;
  event.preventDefault();
  take(id, files);
});
