// <time datetime="ISO"> in the browser's zone, in the form that the server wrote it in: "11-28 07:43", "07:43:40".
// No module: it watches from before the first element on, and so writes before anything is painted; what htmx brings, too.
(() => {
  const FORM = /^(?:(\d{4}-)?(\d\d-\d\d))?(?: ?(\d\d:\d\d(?::\d\d)?))?$/;
  const two = (number) => String(number).padStart(2, "0");

  function zone(at) {
    const minutes = -at.getTimezoneOffset();
    const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
    return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${two(rest)}` : ""}`;
  }

  function write(element) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) return;
    const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
    const title = `${date} ${time} ${zone(at)}`;
    if (element.title !== title) element.title = title;
    const form = element.textContent.trim().match(FORM);
    if (!form) return; // "3 minutes ago" is the same everywhere
    const [, year, day, clock] = form;
    const parts = [day && date.slice(year ? 0 : 5), clock && time.slice(0, clock.length)];
    const text = parts.filter(Boolean).join(" ");
    if (element.textContent !== text) element.textContent = text;
  }

  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      const around = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      if (around?.nodeName === "TIME" && around.dateTime) write(around);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        if (node.matches("time[datetime]")) write(node);
        for (const inner of node.querySelectorAll("time[datetime]")) write(inner);
      }
    }
  }).observe(document, { childList: true, characterData: true, subtree: true });
})();
