// Turns the team's events into DOM events, so that htmx refetches the fragments that show a task which changed:
// `task-42` on the document when task 42 asks for it, `writing-42` when its answer has grown, `task` and `task:42` with
// the numbers for every other event, `live:online`, `live:offline`, and `live:refresh` when everything may be old.
import { headers } from "./headers.js";

const meta = document.querySelector('meta[name="live"]');
const root = document.documentElement;
const known = new Map(); // task id -> the state that this page shows
const HIDDEN_LONG = 60_000;
let hiddenAt = 0;
let port;

function send(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function hear(message) {
  if ("online" in message) online(message.online);
  if (message.task) taskChanged(message.task);
  if (message.reset) refreshAll();
  if (message.gone) leave(message.gone);
}

// The studio's page about it takes the place of what was the team's, and of what asks by itself.
function leave(html) {
  const theirs = new DOMParser().parseFromString(html, "text/html");
  for (const part of [".bar", "#main"]) {
    const now = theirs.querySelector(part);
    if (now) document.querySelector(part).replaceWith(now);
  }
}

function online(yes) {
  const was = root.hasAttribute("data-live");
  root.toggleAttribute("data-live", yes);
  if (yes !== was) send(yes ? "live:online" : "live:offline");
}

function taskChanged(data) {
  // Several times a second, and nothing but text and progress has changed: only the text's fragment fetches itself.
  if (data.kind === "writing") {
    moveBars(data);
    return send(`writing-${data.task}`, data);
  }
  send("task", data);
  send(`task:${data.task}`, data);
  const before = known.get(data.task);
  known.set(data.task, data);
  moveBars(data);
  const onlyProgress = before && before.state === data.state && before.progress !== data.progress;
  if (!onlyProgress) send(`task-${data.task}`, data);
}

// A number needs no request.
function moveBars({ task, progress }) {
  if (progress === null) return;
  for (const bar of document.querySelectorAll(`[data-task-progress="${task}"]`)) {
    if (bar instanceof HTMLProgressElement) bar.value = progress;
    else bar.textContent = `${progress} %`;
  }
}

// Every fragment on the page that follows a task fetches itself again.
function refreshAll() {
  known.clear();
  send("live:refresh");
  const tasks = new Set();
  for (const fragment of document.querySelectorAll('[hx-trigger*="task-"]')) {
    for (const [, task] of fragment.getAttribute("hx-trigger").matchAll(/\btask-(\d+)\b/g)) tasks.add(task);
  }
  tasks.forEach((task) => send(`task-${task}`, { task: Number(task) }));
}

// An hour in a closed laptop: the stream may be dead without knowing it, and the page is as old as the nap.
function awake() {
  if (document.hidden) return;
  port.postMessage({ wake: true });
  if (hiddenAt && Date.now() - hiddenAt > HIDDEN_LONG) refreshAll();
  hiddenAt = 0;
}

function connect() {
  const { url, tokenUrl, worker = "/static/js/live.worker.js" } = meta.dataset;
  const hello = { url, tokenUrl, headers, token: meta.content, since: Number(meta.dataset.since) || 0 };
  // The name tells the streams of two people or two teams in one browser apart.
  const name = hello.token.split(":")[0];
  port = "SharedWorker" in window ? new SharedWorker(worker, { name }).port : new Worker(worker, { name });
  // A worker has no page to resolve addresses against.
  hello.url = new URL(url, location).href;
  hello.tokenUrl = new URL(tokenUrl, location).href;
  port.onmessage = ({ data }) => hear(data);
  port.postMessage({ hello });

  document.addEventListener("visibilitychange", () => (document.hidden ? (hiddenAt = Date.now()) : awake()));
  window.addEventListener("online", awake);
  window.addEventListener("pagehide", () => port.postMessage({ bye: true }));
  window.addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    port.postMessage({ hello });
    refreshAll();
  });
}

// Not before htmx listens: nobody would hear what is told until then.
if (meta?.content) document.addEventListener("DOMContentLoaded", connect);
