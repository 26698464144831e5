// On the wall a film plays, without sound, while the pointer rests on it or its link has the focus.
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const film = (target) => target.closest?.(".tile")?.querySelector("video[data-glimpse]");

function begin({ target }) {
  if (!calm.matches) film(target)?.play().catch(() => {});
}

function end({ target, relatedTarget }) {
  const tile = target.closest?.(".tile");
  if (tile && !tile.contains(relatedTarget)) film(target)?.pause();
}

document.addEventListener("pointerover", begin);
document.addEventListener("focusin", begin);
document.addEventListener("pointerout", end);
document.addEventListener("focusout", end);
