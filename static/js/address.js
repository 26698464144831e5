// A page that came as the answer to a form may stand at an address that only takes that form; this is its own.
const own = document.querySelector("meta[name=here]")?.content;
if (own && new URL(own, location).pathname !== location.pathname) history.replaceState(history.state, "", own);
