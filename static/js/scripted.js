// A button that asks for what a page with scripts asks for by itself is not shown there.
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
