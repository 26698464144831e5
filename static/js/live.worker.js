// One event stream for all tabs. As a SharedWorker it serves every tab of the browser; where there are none, live.js
// starts it as a plain worker of one tab. A browser that opened a stream per tab would freeze at the sixth.

const KEPT = 500; // messages a tab that comes later can still hear
const SILENCE = 45_000; // the server says something every 20 s
const SLOWEST = 30_000;
const PATIENCE = 10_000; // a connection that died in a closed laptop answers nothing, for minutes

const tabs = new Set();
const recent = [];
let page; // { url, tokenUrl, token, headers } of the first page
let since; // the last event id heard, as a number
let from; // the id from which on nothing was missed here
let source;
let pause = 1000;
let timer;
let heardAt = 0;

const tell = (message) => tabs.forEach((tab) => tab.postMessage(message));
const scope = (token) => token.split(":")[0]; // who follows which team

function open() {
  source?.close();
  clearTimeout(timer);
  heardAt = Date.now();
  source = new EventSource(`${page.url}?token=${encodeURIComponent(page.token)}&since=${since}`);
  source.onopen = () => {
    pause = 1000;
    heard();
    tell({ online: true });
  };
  source.onerror = openLater;
  source.addEventListener("beat", heard);
  source.addEventListener("task", (event) => remember(event, { task: JSON.parse(event.data) }));
  source.addEventListener("reset", (event) => {
    recent.length = 0;
    from = Number(event.lastEventId);
    remember(event, { reset: true });
  });
}

function heard() {
  heardAt = Date.now();
}

function remember(event, message) {
  heard();
  since = Number(event.lastEventId);
  recent.push({ id: since, ...message });
  if (recent.length > KEPT) from = recent.shift().id;
  tell(message);
}

// The browser's own reconnecting would come back with the old token and give up when that is refused.
function openLater() {
  source?.close();
  source = undefined;
  tell({ online: false });
  clearTimeout(timer);
  timer = setTimeout(refresh, pause * (0.75 + Math.random() / 2));
  pause = Math.min(pause * 2, SLOWEST);
}

async function refresh() {
  try {
    const options = { headers: { ...page.headers, Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch(page.tokenUrl, options);
    if (answer.status === 403) return end(await answer.text());
    const { token } = await answer.json();
    if (scope(token) !== scope(page.token)) return tell({ online: false }); // another person now; their pages bring their own
    page.token = token;
    open();
  } catch {
    openLater();
  }
}

// The person is in no team any more. Only another page begins anew.
function end(html) {
  page = undefined;
  recent.length = 0;
  tell({ gone: html });
}

// After a sleep a connection may look open and be dead.
function wake() {
  if (!page || (source && Date.now() - heardAt < SILENCE)) return;
  pause = 1000;
  clearTimeout(timer);
  source?.close();
  source = undefined;
  refresh();
}

function join(tab, hello) {
  tabs.add(tab);
  if (!page) {
    page = hello;
    since = from = hello.since;
    open();
    return;
  }
  if (!source) wake();
  // What happened between the rendering of this page and now was told before the tab could listen.
  if (hello.since < from) tab.postMessage({ reset: true });
  else recent.filter(({ id }) => id > hello.since).forEach((message) => tab.postMessage(message));
  tab.postMessage({ online: source?.readyState === EventSource.OPEN });
}

function listen(tab) {
  tab.onmessage = ({ data }) => {
    if (data.hello) join(tab, data.hello);
    else if (data.bye) tabs.delete(tab);
    else wake();
  };
}

setInterval(wake, SILENCE / 3);
if ("onconnect" in self) self.onconnect = ({ ports }) => listen(ports[0]);
else listen(self);
