// What somebody writes is kept in this browser, by names that begin with the person's and the team's number, until the
// studio has it. Each tab has its own; a new tab begins with the newest.
const STORES = [sessionStorage, localStorage];
const TAKEN = /(?:^|; )taken=([^;]*)/;
const POSTED = "posted"; // the draft of the form that this tab has posted

export const keep = (name, text) => STORES.forEach((store) => store.setItem(name, text));
export const forget = (name) => STORES.forEach((store) => store.removeItem(name));
export const kept = (name) => sessionStorage.getItem(name) ?? localStorage.getItem(name);

// A page that was loaded again, or come back to, may be older than the draft.
export const isAgain = performance.getEntriesByType("navigation")[0]?.type !== "navigate";

// The studio names in a cookie the draft that it has saved: to post a form is not enough, the person may be signed out.
// All tabs see the cookie; it is for the one that posted, which begins anew with the answer.
function forgetTaken() {
  const name = document.cookie.match(TAKEN)?.[1];
  if (!name || name !== sessionStorage.getItem(POSTED)) return;
  forget(name);
  document.cookie = "taken=; path=/; max-age=0";
}

document.addEventListener("submit", ({ target }) => {
  const name = target.elements.draft?.value;
  if (name) sessionStorage.setItem(POSTED, name);
});
document.addEventListener("htmx:load", forgetTaken);
forgetTaken();
sessionStorage.removeItem(POSTED);
