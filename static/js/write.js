// <form data-in-place="said said-count">: sent without leaving the page; what is named there is taken from the answer. A
// refusal is shown in the form, with every word and every file still in it. An upload shows how far it is and can be
// cancelled. Without this script the form is sent like any other.

import { list } from "./files.js";

const words = document.body.dataset;
// Smaller ones are there before anybody could read how far they are.
const WORTH_SHOWING = 200000;
const parse = (text) => new DOMParser().parseFromString(text, "text/html");

function tell(form, text) {
  let note = form.querySelector(".not-sent");
  if (!note) {
    note = Object.assign(document.createElement("p"), { className: "errors not-sent" });
    note.setAttribute("role", "alert");
    form.prepend(note);
  }
  note.textContent = text;
}

function showProgress(form, request) {
  const row = Object.assign(document.createElement("div"), { className: "uploading" });
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  const said = document.createElement("output");
  const cancel = Object.assign(document.createElement("button"), { type: "button", className: "handle", textContent: form.dataset.cancel });
  bar.setAttribute("aria-label", form.dataset.uploading);
  cancel.addEventListener("click", () => request.abort());
  row.append(bar, said, cancel);
  form.append(row);
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = loaded / total;
    said.textContent = [form.dataset.uploading, Math.floor((100 * loaded) / total), "%"].join(" ");
  });
  request.addEventListener("loadend", () => row.remove());
}

// The same form as the answer has it, with the files that no answer can bring back.
function takeRefusal(form, fresh) {
  const files = form.querySelector("input[type=file]").files;
  form.replaceWith(document.adoptNode(fresh));
  const input = fresh.querySelector("input[type=file]");
  input.files = files;
  list(input);
  fresh.dataset.changed = "";
  fresh.querySelector("[data-focus]")?.focus();
}

function takeSuccess(form, page) {
  for (const id of form.dataset.inPlace.split(" ")) {
    const fresh = page.getElementById(id);
    if (fresh) document.getElementById(id)?.replaceWith(document.adoptNode(fresh));
  }
  delete form.dataset.changed;
  form.reset();
  form.querySelector(".not-sent")?.remove();
  list(form.querySelector("input[type=file]"));
  form.dispatchEvent(new CustomEvent("write:sent", { bubbles: true }));
  const newest = [...document.querySelectorAll(`#${form.dataset.inPlace.split(" ")[0]} .comment`)].at(-1);
  newest?.setAttribute("tabindex", "-1");
  newest?.focus();
}

function finish(form, request) {
  const page = parse(request.responseText);
  const part = form.dataset.inPlace.split(" ")[0];
  if (request.status === 200 && page.getElementById(part)) return takeSuccess(form, page);
  const fresh = page.querySelector("form[data-in-place]");
  if (request.status === 422 && fresh) return takeRefusal(form, fresh);
  // Somebody else's answer: the sign-in page after the session ended, or a refusal that has a page of its own.
  const signedOut = request.status === 200 && !page.body.dataset.liveUrl;
  const said = request.status >= 400 && request.status < 500 ? page.querySelector("main .answer")?.textContent.trim() : "";
  tell(form, signedOut ? form.dataset.signedOut : said ? `${said} ${form.dataset.kept}` : words.notSent);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[data-in-place]")) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  // Whoever signed in anew in another tab has a new token, which stands in the cookie and not yet in this form.
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (token) body.set("csrfmiddlewaretoken", token);
  const request = new XMLHttpRequest();
  const size = [...form.querySelector("input[type=file]").files].reduce((sum, file) => sum + file.size, 0);
  form.dataset.changed = "";
  if (size > WORTH_SHOWING) showProgress(form, request);
  request.addEventListener("load", () => finish(form, request));
  request.addEventListener("error", () => tell(form, words.notSent));
  request.addEventListener("abort", () => tell(form, form.dataset.cancelled));
  request.addEventListener("loadend", () => {
    delete form.dataset.sending;
    form.removeAttribute("aria-busy");
  });
  request.open("POST", form.action);
  // The header keeps what the page has to say (its messages) for the page that is opened next.
  request.setRequestHeader("X-Dialog", "1");
  request.send(body);
});

// Opened by hand, the form is there to be written in; what opened it is gone by then.
document.addEventListener("toggle", ({ target }) => {
  if (target.matches?.(".write-fold[open]") && target.contains(document.activeElement)) target.querySelector("textarea")?.focus();
}, true);
