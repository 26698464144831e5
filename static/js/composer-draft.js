// What stands in the form survives a reload: kept in this browser by person, team and operation.
const form = document.getElementById("compose");
const name = `draft:${form.dataset.draft}`;
const OURS = new Set(["csrfmiddlewaretoken", "nonce", "from", "do", "json", "json-was"]);

function held() {
  const pairs = [...new FormData(form)].filter(([key]) => !OURS.has(key) && !key.startsWith("shape:"));
  return new URLSearchParams(pairs).toString();
}

const fresh = held();

function save() {
  const now = held();
  if (now === fresh) localStorage.removeItem(name);
  else localStorage.setItem(name, now);
}

function restore(draft) {
  const values = new FormData();
  for (const [key, value] of new URLSearchParams(draft)) values.append(key, value);
  values.set("do", "restore");
  htmx.ajax("POST", form.getAttribute("hx-post"), { source: document.body, target: "#work", swap: "innerHTML", values });
}

const address = new URL(location.href);
if (address.searchParams.has("fresh")) {
  localStorage.removeItem(name);
  address.searchParams.delete("fresh");
  history.replaceState(null, "", address);
} else if ("restores" in form.dataset) {
  const draft = localStorage.getItem(name);
  if (draft && draft !== fresh) restore(draft);
}

form.addEventListener("input", save);
form.addEventListener("change", save);
document.addEventListener("htmx:afterSettle", save);
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-start-over]")) return;
  event.preventDefault();
  localStorage.removeItem(name);
  location.reload();
});
