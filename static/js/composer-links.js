// A line of the body and a reason lead to their field, wherever it is folded away.
export function go(id) {
  const place = document.getElementById(id);
  if (!place) return;
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const inside = place.matches(".segmented") ? (place.querySelector(":checked") ?? place.querySelector("input")) : place;
  const control = inside.type === "hidden" ? place.closest(".unit").querySelector("button") : inside;
  control?.focus();
  place.closest(".unit, .field")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-field]");
  if (!link) return;
  event.preventDefault();
  go(link.dataset.field);
});
