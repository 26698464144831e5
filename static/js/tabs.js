// Where tabs are wider than the window, the one that is open is in sight.
for (const tabs of document.querySelectorAll(".tabs, .ref__toc")) {
  const open = tabs.querySelector("[aria-current]");
  if (open) tabs.scrollLeft = open.offsetLeft - (tabs.clientWidth - open.offsetWidth) / 2;
}
