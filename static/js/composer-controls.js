// Controls that are two in one: slider and number, choice and other text, a switch with its off.
const form = document.getElementById("compose");
const tell = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
const digits = (grain) => (String(grain).split(".")[1] ?? "").length;

function ready() {
  for (const slider of form.querySelectorAll("[data-slider]")) slider.hidden = false;
  judge();
}

// The slider writes what a hand moved it to, at its own grain; it never touches what was typed.
function slide(slider) {
  const number = document.getElementById(slider.dataset.slider);
  const grain = Number(slider.dataset.grain);
  number.value = (Math.round(slider.value / grain) * grain).toFixed(digits(grain));
  if (Number(number.value) === 0) number.value = "0";
  tell(number);
}

function follow(number) {
  const slider = document.getElementById(`${number.id}-slider`);
  if (slider && number.value.trim() !== "" && Number.isFinite(Number(number.value))) slider.value = number.value;
}

function step(number, by) {
  const slider = document.getElementById(`${number.id}-slider`);
  const grain = Number(slider?.dataset.grain ?? 1);
  const places = Math.max(digits(grain), digits(number.value));
  let value = Number(number.value || 0) + by * grain;
  if (slider) value = Math.min(Math.max(value, Number(slider.min)), Number(slider.max));
  number.value = value.toFixed(places);
  follow(number);
  tell(number);
}

form.addEventListener("input", ({ target }) => {
  if (target.matches("[data-slider]")) slide(target);
  else if (target.matches(".number-box")) follow(target);
  else if (target.matches(".other")) choose(target);
});

// Typing another value chooses "other".
function choose(other) {
  const row = other.closest("[data-row]");
  const radio = row.querySelector("[data-other]");
  if (radio) radio.checked = true;
  else row.querySelector("select").value = "__other__";
}

form.addEventListener("change", ({ target }) => {
  const off = target.matches('[role="switch"]') && target.previousElementSibling;
  if (off) off.value = "false";
  if (target.matches("[data-other]")) target.closest("[data-row]").querySelector(".other").focus();
}, true);

form.addEventListener("keydown", (event) => {
  if (event.isComposing || !event.target.matches(".number-box")) return;
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!by || !Number.isFinite(Number(event.target.value || 0))) return;
  event.preventDefault();
  step(event.target, event.shiftKey ? by * 10 : by);
});

// What a screen reader hears of a wrong field, set without replacing the field.
function judge() {
  for (const notes of form.querySelectorAll(".notes")) {
    const control = document.getElementById(notes.id.slice(2));
    if (!control) continue;
    if (notes.querySelector(".field__error")) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

form.addEventListener("answered", ready);
ready();
