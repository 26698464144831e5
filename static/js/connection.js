// Says in the bar when the page no longer hears the studio. live.js tells; so does the browser.
const sign = document.querySelector("[data-offline]");
const show = (offline) => () => {
  sign.hidden = !offline;
};

document.addEventListener("live:offline", show(true));
document.addEventListener("live:online", show(false));
window.addEventListener("offline", show(true));
window.addEventListener("online", show(false));
