// Puts a modem's part of the page in anew when an event says that it changed. All is there without this file.
"use strict";

const live = document.getElementById("live");
const said = document.getElementById("said");
const asking = new Map(); // modem -> when its button works again by itself
const stale = new Set(); // modems to be shown anew; null stands for all
const PATIENCE = 120000;

function relative(seconds) {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? "in a moment" : "just now";
}

function tellTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    time.title = date.toLocaleString();
    time.textContent = relative((date - Date.now()) / 1000);
  }
}

function cardOf(name) {
  return [...document.querySelectorAll("[data-modem]")].find((card) => card.dataset.modem === name);
}

function showAsking(card) {
  const button = card.querySelector(".ask button");
  const busy = asking.has(card.dataset.modem);
  button.textContent = busy ? "Asking\u2026" : "Check now";
  button.setAttribute("aria-disabled", String(busy));
  card.setAttribute("aria-busy", String(busy));
}

function exchange(old, fresh) {
  for (const part of old.querySelectorAll("details[open]")) {
    const same = fresh.querySelector(`details[data-key="${part.dataset.key}"]`);
    if (same) same.open = true;
  }
  const focused = old.contains(document.activeElement) && document.activeElement.id;
  if (old !== fresh) old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  tellTimes(fresh);
  showAsking(fresh);
}

async function refresh() {
  const wanted = new Set(stale);
  stale.clear();
  try {
    const reply = await fetch(location.pathname);
    if (reply.redirected) location.assign(reply.url);
    if (!reply.ok) return;
    show(new DOMParser().parseFromString(await reply.text(), "text/html"), wanted);
  } catch {
    // The connection is gone; the events say so, and everything is read anew when they come back.
  }
}

function show(page, wanted) {
  const fresh = [...page.querySelectorAll("[data-modem]")];
  const names = (cards) => JSON.stringify(cards.map((card) => card.dataset.modem));
  const shown = [...document.querySelectorAll("[data-modem]")];
  if (names(fresh) !== names(shown)) {
    // A modem came or went.
    document.querySelector(".cards").replaceChildren(...fresh);
    for (const card of fresh) exchange(card, card);
  } else {
    for (const card of fresh) {
      if (wanted.has(null) || wanted.has(card.dataset.modem)) exchange(cardOf(card.dataset.modem), card);
    }
  }
  const summary = page.getElementById("summary");
  if (summary) document.getElementById("summary")?.replaceWith(summary);
}

// Several events at once are one change, and one page is read after the other.
let reading = Promise.resolve();
function soon(name) {
  if (stale.size === 0) setTimeout(() => (reading = reading.then(refresh)), 100);
  stale.add(name);
}

function answered(record) {
  asking.delete(record.modem);
  const pots = record.answer?.pots ?? [];
  const pot = pots.find((one) => one.type === "money" && one.role === "main") ?? pots[0];
  const words = pot ? `${pot.amount} ${pot.unit ?? ""}` : (record.failure?.message ?? "an answer without an amount");
  said.textContent = `${record.modem}: ${words}`;
  soon(record.modem);
}

function listen() {
  const events = new EventSource("/events");
  const on = (name, does) => events.addEventListener(name, (event) => does(JSON.parse(event.data)));
  on("view", (view) => soon(view.modem));
  on("record", answered);
  on("alert", (alert) => {
    said.textContent = `${alert.modem}: ${alert.message}`;
    soon(alert.modem);
  });
  on("reload", () => soon(null));
  events.onopen = () => {
    live.textContent = "Live";
    live.className = "live on";
    // What changed before the events came is not among them.
    soon(null);
  };
  events.onerror = () => {
    live.textContent = "Connection lost, trying again";
    live.className = "live off";
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 30000);
  };
}

async function ask(form) {
  const card = form.closest("[data-modem]");
  const name = card.dataset.modem;
  if (asking.has(name)) return;
  asking.set(name, Date.now() + PATIENCE);
  showAsking(card);
  said.textContent = `${name} is being asked`;
  const address = `/api/modems/${encodeURIComponent(name)}/check`;
  const reply = await fetch(address, { method: "POST", headers: { "X-Saldo": "page" } }).catch(() => null);
  if (reply?.status === 401) location.assign("/login");
  if (reply?.ok || reply?.status === 429) return;
  asking.delete(name);
  said.textContent = `${name} could not be asked`;
  const now = cardOf(name);
  if (now) showAsking(now);
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".ask")) return;
  event.preventDefault();
  ask(event.target);
});

setInterval(() => {
  tellTimes(document);
  for (const [name, until] of asking) {
    if (Date.now() < until) continue;
    asking.delete(name);
    const card = cardOf(name);
    if (card) showAsking(card);
  }
}, 15000);

tellTimes(document);
if (document.querySelector(".top")) listen();
