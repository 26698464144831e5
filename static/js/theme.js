// Light, dark, or as the system says. The cookie lets the server write the choice into <html>: no page flashes.
const root = document.documentElement;
const choices = [...document.querySelectorAll("[data-theme-choice]")];

function show() {
  const now = root.dataset.theme ?? "auto";
  for (const button of choices) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now));
}

function choose(theme) {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const age = theme === "auto" ? 0 : 31536000;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
  show();
}

for (const button of choices) button.addEventListener("click", () => choose(button.dataset.themeChoice));
for (const part of document.querySelectorAll("[data-theme-switch]")) part.hidden = false;
show();
