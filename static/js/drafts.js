// What somebody writes in <textarea data-draft="key"> is kept in this browser until it was sent, with who was to read it,
// so that a crash, a session that ended or a slip of the hand loses nothing. Signing out forgets all of it.

const PREFIX = "draft ";
const FIELD = "textarea[data-draft]";
const audienceOf = (form) => form.elements.audience;

function kept(area) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + area.dataset.draft));
  } catch { return null; }
}

function keep(area) {
  try {
    if (area.value.trim()) localStorage.setItem(PREFIX + area.dataset.draft, JSON.stringify({ text: area.value, audience: audienceOf(area.form)?.value }));
    else localStorage.removeItem(PREFIX + area.dataset.draft);
  } catch { /* a browser that keeps nothing: the page still warns before it is left */ }
}

function forget(area) {
  try { localStorage.removeItem(PREFIX + area.dataset.draft); } catch { /* as above */ }
  area.parentElement.querySelector(".restored")?.remove();
}

function restore(area) {
  const draft = kept(area);
  if (!draft || area.value) return;
  const { form } = area;
  area.value = draft.text;
  const choice = [...form.querySelectorAll("[name=audience]")].find((one) => one.value === draft.audience);
  if (choice) choice.checked = true;
  form.dataset.changed = "";
  form.closest("details")?.setAttribute("open", "");
  const said = Object.assign(document.createElement("p"), { className: "help restored" });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "handle", textContent: form.dataset.discard });
  button.addEventListener("click", () => {
    area.value = "";
    delete form.dataset.changed;
    forget(area);
    area.focus();
  });
  said.append(form.dataset.restored, " ", button);
  area.after(said);
}

document.addEventListener("input", ({ target }) => {
  const area = target.form?.querySelector(FIELD);
  if (area) keep(area);
});
document.addEventListener("write:sent", ({ target }) => {
  const area = target.querySelector(FIELD);
  if (area) forget(area);
});
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-forgets-drafts]")) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  } catch { /* nothing was kept */ }
});
document.querySelectorAll(FIELD).forEach(restore);
