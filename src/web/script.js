// Puts a modem's part of the page in anew when an event says that it changed. All is there without this file.
"use strict";

const live = document.getElementById("live");
const said = document.getElementById("said");
const asking = new Map(); // modem -> when its button works again by itself
const waiting = new Map(); // modem -> timer of its next refresh
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

function cardOf(name, root = document) {
  return [...root.querySelectorAll("[data-modem]")].find((card) => card.dataset.modem === name);
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
  fresh.id = old.id;
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  tellTimes(fresh);
  showAsking(fresh);
}

async function read(address) {
  const reply = await fetch(address);
  if (reply.redirected) location.assign(reply.url);
  if (!reply.ok) return null;
  return new DOMParser().parseFromString(await reply.text(), "text/html");
}

async function refresh(name) {
  waiting.delete(name);
  const old = cardOf(name);
  if (!old) return location.pathname === "/" ? location.reload() : undefined;
  try {
    const page = await read(`/modems/${encodeURIComponent(name)}`);
    const fresh = page && cardOf(name, page);
    if (fresh) exchange(old, fresh);
    const summary = document.getElementById("summary");
    const all = summary && (await read("/"));
    if (all) summary.textContent = all.getElementById("summary").textContent;
  } catch {
    // The connection is gone; the events say so, and everything is read anew when they come back.
  }
}

// Several events at once are one change.
function soon(name) {
  if (!waiting.has(name)) waiting.set(name, setTimeout(refresh, 100, name));
}

function everything() {
  for (const card of document.querySelectorAll("[data-modem]")) soon(card.dataset.modem);
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
  let lost = false;
  on("view", (view) => soon(view.modem));
  on("record", answered);
  on("alert", (alert) => {
    said.textContent = `${alert.modem}: ${alert.message}`;
    soon(alert.modem);
  });
  on("reload", everything);
  events.onopen = () => {
    live.textContent = "Live";
    live.className = "live on";
    if (lost) everything();
    lost = false;
  };
  events.onerror = () => {
    lost = true;
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
