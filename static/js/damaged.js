// A picture, film or sound that the browser cannot show says so, in the place where it would stand.
function tell(media) {
  const stage = media.closest("[data-stage]");
  const words = stage?.querySelector("[data-damaged]");
  if (!words || !words.hidden) return;
  words.hidden = false;
  stage.toggleAttribute("data-is-damaged", true);
}

document.addEventListener("error", ({ target }) => {
  if (target.matches?.("img, video, audio, source")) tell(target);
}, true);

// What failed before this script was there, or in a fragment that has just come.
function look(part) {
  for (const image of part.querySelectorAll("[data-stage] img[src]")) {
    // A lazy picture that nobody has scrolled to looks the same; only a broken one refuses to be decoded.
    if (image.complete && !image.naturalWidth) image.decode().catch(() => tell(image));
  }
  for (const media of part.querySelectorAll("[data-stage] :is(video, audio)")) {
    if (media.error) tell(media);
    // One that is about to choose its source looks like one that has found none. Begun anew, a broken one says so.
    else if (media.networkState === HTMLMediaElement.NETWORK_NO_SOURCE) media.load();
  }
}

document.addEventListener("htmx:load", ({ detail }) => look(detail.elt));
look(document);
// A film that failed a moment before this script came is known as failed only a moment after.
addEventListener("load", () => setTimeout(() => look(document), 500));
