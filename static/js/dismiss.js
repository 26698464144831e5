// What has been read can go: it is about what already happened, so nothing remembers it.
for (const button of document.querySelectorAll("[data-dismiss]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const next = document.querySelector("#compose textarea, #compose input:not([type=hidden])");
    button.closest("[data-dismissable]").remove();
    next?.focus();
  });
}
