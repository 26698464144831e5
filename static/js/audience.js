// Whoever shares with chosen people is shown at once whom they can choose.
document.addEventListener("change", ({ target }) => {
  if (!target.matches('[name="visibility"][value="chosen"]')) return;
  const list = target.form.querySelector("[data-chosen]");
  if (list) list.open = true;
});
