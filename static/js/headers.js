// What every request of a page brings: the forms' secret, and of which team the page is, whichever another tab has changed
// to since. htmx reads it where it stands; a script that asks by itself sends these.
export const headers = JSON.parse(document.body.getAttribute("hx-headers"));

// htmx goes back without them.
document.addEventListener("htmx:historyCacheMiss", ({ detail: { xhr } }) => {
  for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
});
