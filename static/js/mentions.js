// <textarea data-mentions="address">: after an @ it offers the names that the address answers for what was typed, of
// those who would read it. Arrows choose, Enter or Tab takes, Escape leaves. Without this script one types the name.

const PAUSE = 150;
let list, area, timer, asked;

function close() {
  list?.remove();
  area?.removeAttribute("aria-activedescendant");
  area?.removeAttribute("aria-controls");
  list = null;
}

const begun = (field) => /(?:^|\s)@([^\n@]{0,40})$/.exec(field.value.slice(0, field.selectionStart));

function choose(option) {
  list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  area.setAttribute("aria-activedescendant", option.id);
}

function take(option) {
  const typed = begun(area);
  if (typed) area.setRangeText(`${option.textContent} `, area.selectionStart - typed[1].length, area.selectionStart, "end");
  close();
  area.focus();
}

async function offer(field) {
  const typed = begun(field);
  if (!typed) return close();
  const address = new URL(field.dataset.mentions, location.href);
  address.searchParams.set("q", typed[1]);
  address.searchParams.set("audience", field.form.elements.audience?.value ?? "");
  asked = address.href;
  let names = [];
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return close();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    names = [...page.querySelectorAll("option")].map((option) => option.value);
  } catch { /* no connection: typing the name still works */ }
  if (asked !== address.href) return;
  close();
  if (!names.length || !begun(field)) return;
  area = field;
  list = Object.assign(document.createElement("div"), { className: "names", id: "names" });
  list.setAttribute("role", "listbox");
  names.forEach((name, place) => {
    const option = Object.assign(document.createElement("div"), { id: `names-${place}`, textContent: name });
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
    list.append(option);
  });
  field.after(list);
  field.setAttribute("aria-controls", "names");
  choose(list.firstChild);
}

document.addEventListener("input", ({ target }) => {
  if (!target.matches("textarea[data-mentions]")) return;
  clearTimeout(timer);
  timer = setTimeout(offer, PAUSE, target);
});
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== area) return;
  const now = list.querySelector("[aria-selected=true]");
  const next = { ArrowDown: now.nextSibling ?? list.firstChild, ArrowUp: now.previousSibling ?? list.lastChild }[event.key];
  if (next) choose(next);
  else if (event.key === "Enter" || event.key === "Tab") take(now);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("focusout", ({ target }) => { if (target === area) close(); });
