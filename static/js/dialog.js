// <a data-dialog href="…"> opens the form of the linked page in a dialog. Without this script it is a plain link.
// The form is sent as from its own page: a redirect is followed, any other answer (wrong input, a conflict, a refusal)
// is shown in the dialog, with what was typed. The focus goes back to the link.

const words = document.body.dataset;
const FORM = "form.form, form[method=post]:not(.message form)";

// The page behind may use the same ids; a label must not find its field there.
function rename(root) {
  const names = new Set([...root.querySelectorAll("[id]")].map((element) => element.id));
  const renamed = (text) => text.split(" ").map((name) => (names.has(name) ? `dialog-${name}` : name)).join(" ");
  for (const attribute of ["id", "for", "aria-describedby", "aria-labelledby", "data-take"]) {
    root.querySelectorAll(`[${attribute}]`).forEach((element) => {
      element.setAttribute(attribute, renamed(element.getAttribute(attribute)));
    });
  }
  root.querySelectorAll("a[href^='#']").forEach((link) => { link.hash = `#${renamed(link.hash.slice(1))}`; });
}

function draw(dialog, page, url) {
  const main = page.querySelector("main");
  const form = main?.querySelector(FORM);
  const title = main?.querySelector("h1") ?? page.querySelector("title");
  const heading = document.createElement("h2");
  heading.id = "title";
  heading.textContent = title.textContent.trim();
  // What the page says above its form: what will happen, what it concerns, where two texts differ.
  const above = form ? [...form.parentElement.children] : [main?.querySelector(".answer")].filter(Boolean);
  if (form) above.splice(above.indexOf(form));
  const said = above.filter((part) => !part.contains(title));
  const parts = [heading, ...said];
  if (form) {
    form.action = new URL(form.getAttribute("action") || "", url).href;
    parts.push(form);
  } else {
    const close = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: words.close });
    close.dataset.cancel = "";
    parts.push(close);
  }
  dialog.replaceChildren(...parts.map((part) => document.adoptNode(part)));
  rename(dialog);
  dialog.querySelectorAll("[data-needs-script]").forEach((element) => { element.hidden = false; });
  dialog.dispatchEvent(new CustomEvent("dialog:drawn", { bubbles: true }));
  (dialog.querySelector("[data-focus]") ?? dialog.querySelector("input:not([type=hidden]), select, textarea, button"))?.focus();
  return Boolean(form || said.length);
}

// The header keeps what the page has to say (its messages) for the page that is opened in the end.
const ask = (url, options = {}) => fetch(url, { credentials: "same-origin", headers: { "X-Dialog": "1" }, ...options });
const parse = (text) => new DOMParser().parseFromString(text, "text/html");

async function send(dialog, form, submitter) {
  const body = new FormData(form, submitter);
  form.setAttribute("aria-busy", "true");
  if (submitter) submitter.disabled = true;
  try {
    const answer = await ask(form.action, { method: "POST", body });
    if (answer.redirected && answer.ok) {
      delete form.dataset.changed;
      const same = answer.url.split("#")[0] === location.href.split("#")[0];
      if (same) location.reload(); else location.assign(answer.url);
      return;
    }
    if (draw(dialog, parse(await answer.text()), answer.url)) return;
  } catch { /* no connection: the form stays as it is */ }
  form.removeAttribute("aria-busy");
  if (submitter) submitter.disabled = false;
  let note = form.querySelector(".not-sent");
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "errors not-sent", textContent: words.notSent });
    note.setAttribute("role", "alert");
    form.prepend(note);
  }
}

// The page behind may have been renewed meanwhile: then to the link that leads to the same place.
function giveBack(link) {
  const same = link.isConnected ? link : document.querySelector(`a[href="${CSS.escape(link.getAttribute("href"))}"]`);
  (same ?? document.getElementById("content"))?.focus();
}

async function open(link, address = link.href) {
  let answer;
  try {
    answer = await ask(address);
  } catch {
    location.assign(address);
    return;
  }
  const page = answer.ok && !answer.redirected ? parse(await answer.text()) : null;
  if (!page?.querySelector("main")?.querySelector(FORM)) {
    location.assign(address);
    return;
  }
  const dialog = Object.assign(document.createElement("dialog"), { className: "dialog" });
  dialog.setAttribute("aria-labelledby", "dialog-title");
  document.body.append(dialog);
  const mayClose = () => !dialog.querySelector("form[data-changed]") || window.confirm(words.leave);
  dialog.addEventListener("cancel", (event) => { if (!mayClose()) event.preventDefault(); });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]") || event.target === dialog) {
      event.preventDefault();
      if (mayClose()) dialog.close();
    }
  });
  dialog.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    send(dialog, event.target, event.submitter);
  });
  dialog.addEventListener("close", () => { dialog.remove(); giveBack(link); });
  dialog.showModal();
  draw(dialog, page, answer.url);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) document.getElementById(opener.dataset.open)?.showModal();
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  open(link);
});

// A row that has the focus and is edited by a key: its link has the focus again afterwards.
document.addEventListener("dialog:edit", ({ target, detail }) => open(target, detail));

// A page that came back with errors or a conflict starts there.
document.querySelector("main [data-focus]")?.focus();
