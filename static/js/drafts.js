// What somebody writes is kept in this browser, by names that begin with the person's and the team's number, until the
// studio has it. Each tab has its own; a new tab begins with the newest.
const STORES = [sessionStorage, localStorage];
const DRAFT = /^(draft|writing|plan):/;
const TAKEN = /(?:^|; )taken=([^;]*)/;
const POSTED = "posted"; // the draft of the form that this tab has posted
let hasSaid = false; // that there is no room

// What a form holds, as URLSearchParams.
export function keep(name, values) {
  const text = JSON.stringify({ at: Date.now(), values: [...values] });
  if (STORES.map((store) => put(store, name, text)).some(Boolean) || hasSaid) return;
  hasSaid = true;
  const words = document.getElementById("toasts").dataset.noRoom;
  document.dispatchEvent(new CustomEvent("toast", { detail: { text: words, error: true } }));
}

export const forget = (name) => STORES.forEach((store) => store.removeItem(name));

// What was kept, as URLSearchParams; null where nothing is.
export function kept(name) {
  const { values } = read(sessionStorage, name) ?? read(localStorage, name) ?? {};
  return values ? new URLSearchParams(values) : null;
}

function read(store, name) {
  try {
    return JSON.parse(store.getItem(name));
  } catch {
    return { at: 0 };
  }
}

// Drafts of what was run are never taken back: the oldest make room.
function put(store, name, text) {
  try {
    store.setItem(name, text);
    return true;
  } catch {
    const others = Object.keys(store).filter((each) => DRAFT.test(each) && each !== name);
    const [oldest] = others.sort((one, other) => read(store, one).at - read(store, other).at);
    store.removeItem(oldest ?? name);
    return Boolean(oldest) && put(store, name, text);
  }
}

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
  if (name) put(sessionStorage, POSTED, name);
});
document.addEventListener("htmx:load", forgetTaken);
forgetTaken();
sessionStorage.removeItem(POSTED);
