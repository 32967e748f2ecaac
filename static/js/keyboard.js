// One-letter keys: / search everything, f filter the list, g then a letter to go, j and k through the rows, e to edit, ? for the list of keys.
// Rows move the real focus to their first link, so that Enter opens without further help. A row whose edit page no link
// in it leads to names it: <tr data-edit="address">.

const ROWS = "main :is(table tbody tr, .turns li):has(a[href])";
let leader = "";

const isTyping = (element) => element.closest("input:not([type=checkbox], [type=radio], [type=range]), select, textarea, [contenteditable]");
const linkOf = (row) => row.querySelector("a[href]");

function step(by) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.checkVisibility());
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  linkOf(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function enter(input) {
  input?.focus();
  input?.select();
  return input;
}

const COMMANDS = {
  "/": () => {
    const input = document.querySelector("[data-find]");
    if (input?.checkVisibility()) enter(input); else document.querySelector("a.find-page")?.click();
    return input;
  },
  f: () => enter(document.querySelector("[data-search]")),
  "?": () => { document.getElementById("keyboard-help")?.showModal(); return true; },
  j: () => { step(1); return true; },
  k: () => { step(-1); return true; },
  e: () => {
    const row = document.activeElement.closest("tr, li");
    if (row?.dataset.edit && document.activeElement !== document.body) {
      document.activeElement.dispatchEvent(new CustomEvent("dialog:edit", { bubbles: true, detail: row.dataset.edit }));
      return true;
    }
    const edit = row?.querySelector("[data-edit]") ?? document.querySelector("main [data-edit]:not(tbody *)");
    edit?.click();
    return edit;
  },
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || document.querySelector("dialog[open], :popover-open")) return;
  const waiting = leader;
  leader = "";
  if (waiting) {
    const link = document.querySelector(`a[data-key="${waiting} ${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (event.key === "g") {
    leader = "g";
    setTimeout(() => { leader = ""; }, 1500);
    return;
  }
  if (COMMANDS[event.key]?.()) event.preventDefault();
});

// Opened by a click inside the menu: the menu would lie above the dialog.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open]")) event.target.closest("[popover]")?.hidePopover();
});
