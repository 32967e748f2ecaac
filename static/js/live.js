// Keeps what a page shows up to date: asks every 15 seconds which topics have moved and takes those parts of the page anew.
// <section id="rows" data-live="work_items time">; <body data-live-url="/live/" data-project="slug">.
// A hidden page asks nothing. Without a connection it asks less and less often, and says so. A part in which somebody
// types, or has something open, waits until they are done. data-live-soon inside a part: something is being worked out.

const OFTEN = 15000;
const SOON = 2000;
const SELDOM = 120000;
const { liveUrl, project = "", offline, signedOut } = document.body.dataset;
const note = document.getElementById("connection");
const waiting = new Set();
let known = null;
let tag = "";
let failures = 0;
let timer = 0;
let asking = false;

const parts = () => [...document.querySelectorAll("[data-live][id]")];
const topicsOf = (part) => part.dataset.live.split(/\s+/).filter(Boolean);
const isBusy = (part) => part.matches(":focus-within:not(:focus)") && document.activeElement.matches("input, select, textarea, [contenteditable], summary")
  || part.querySelector("form[data-changed], dialog[open], :popover-open, [aria-busy=true]");

function say(text) {
  if (note && note.textContent !== text) note.textContent = text;
}

function later() {
  clearTimeout(timer);
  if (document.hidden || !parts().length) return;
  const usual = document.querySelector("[data-live-soon]") ? SOON : OFTEN;
  timer = setTimeout(ask, failures ? Math.min(OFTEN * 2 ** failures, SELDOM) : usual);
}

// The focus goes to the same place of the new part: by its id, or by the address it leads to; else to the part.
function put(old, fresh) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const same = focused?.id ? `#${CSS.escape(focused.id)}` : focused?.hasAttribute("href") ? `[href="${CSS.escape(focused.getAttribute("href"))}"]` : "";
  const open = [...old.querySelectorAll("details[open]")].map((one) => one.closest("[id]")?.id).filter((id) => id && id !== old.id);
  old.replaceWith(fresh);
  for (const id of open) fresh.querySelector(`#${CSS.escape(id)} details`)?.setAttribute("open", "");
  window.htmx?.process(fresh);
  fresh.dispatchEvent(new CustomEvent("live:renewed", { bubbles: true }));
  if (!focused) return;
  const next = same && fresh.querySelector(same);
  // What had the focus is no longer there: its part has it then, so that the next key goes on from here.
  if (!next) fresh.tabIndex = -1;
  (next || fresh).focus({ preventScroll: true });
}

async function renew() {
  const moved = parts().filter((part) => waiting.has(part.id) && !isBusy(part));
  if (!moved.length) return;
  // The header keeps what the page has to say (its messages) for the page that is opened next.
  const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Dialog": "1" } });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of moved) {
    const fresh = page.getElementById(part.id);
    if (fresh && part.isConnected && !isBusy(part)) put(part, document.adoptNode(fresh));
    waiting.delete(part.id);
  }
}

async function ask() {
  if (asking) return;
  asking = true;
  clearTimeout(timer);
  try {
    const topics = [...new Set(parts().flatMap(topicsOf))].sort().join(",");
    const answer = await fetch(`${liveUrl}?${new URLSearchParams({ p: project, topics })}`, {
      credentials: "same-origin", cache: "no-store", headers: tag ? { "If-None-Match": tag } : {},
    });
    if (answer.redirected || answer.status === 401) {
      say(signedOut);
      return;
    }
    if (answer.status !== 304) {
      if (!answer.ok) throw new Error(answer.status);
      const versions = await answer.json();
      tag = answer.headers.get("ETag") ?? "";
      const moved = new Set(Object.keys(versions).filter((topic) => known && topic in known && known[topic] !== versions[topic]));
      for (const part of parts()) if (topicsOf(part).some((topic) => moved.has(topic))) waiting.add(part.id);
      known = versions;
    }
    await renew();
    failures = 0;
    say("");
  } catch {
    failures += 1;
    if (failures > 1) say(offline);
  } finally {
    asking = false;
  }
  later();
}

if (liveUrl) {
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else ask(); });
  window.addEventListener("online", ask);
  ask();
}
