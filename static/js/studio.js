// The frame of every page. Each part finds its own markup and needs no other.
import "./theme.js";
import "./menus.js";
import "./copy.js";
import "./toasts.js";
import "./connection.js";
import "./say.js";
import "./hands.js";
import "./polling.js";
import "./missed.js";
import "./notice.js";
import "./opened.js";
import "./address.js";
import "./tabs.js";
import "./clock.js";
import "./shortcuts.js";
import "./palette.js";
import "./bell.js";
