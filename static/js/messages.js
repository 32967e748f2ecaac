// What just happened floats in a corner: each message can be closed, and one that only says that all went well leaves by
// itself. What went wrong, and what can still be undone, stays until it is closed.

const PATIENCE = 10000;

function close(message) {
  const had = message.contains(document.activeElement);
  message.remove();
  if (had) document.getElementById("content")?.focus({ preventScroll: true });
}

function bind(message, label) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "close", textContent: "×" });
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => close(message));
  message.append(button);
  if (!message.matches(".success, .info") || message.querySelector("form")) return;
  let timer;
  const leave = () => { timer = setTimeout(close, PATIENCE, message); };
  for (const kind of ["pointerenter", "focusin"]) message.addEventListener(kind, () => clearTimeout(timer));
  for (const kind of ["pointerleave", "focusout"]) message.addEventListener(kind, leave);
  leave();
}

const region = document.querySelector(".messages");
region?.querySelectorAll(".message").forEach((message) => bind(message, region.dataset.close));
