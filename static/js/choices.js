// <input data-choices="address">: suggests what the address answers for the text typed so far (?q=…), as <option>s.
// The browser draws the list; without this script the input is a plain one.

const PAUSE = 180;
const lists = new WeakMap();
let timer;

function listOf(input) {
  if (!lists.has(input)) {
    const list = Object.assign(document.createElement("datalist"), { id: `choices-${crypto.randomUUID?.() ?? Math.random()}` });
    input.after(list);
    input.setAttribute("list", list.id);
    lists.set(input, list);
  }
  return lists.get(input);
}

async function suggest(input) {
  const asked = input.value;
  const address = new URL(input.dataset.choices, location.href);
  address.searchParams.set("q", asked.trim());
  try {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected || input.value !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    listOf(input).replaceChildren(...page.querySelectorAll("option"));
  } catch { /* no connection: typing the number still works */ }
}

for (const kind of ["input", "focusin"]) {
  document.addEventListener(kind, ({ target }) => {
    if (!target.matches?.("input[data-choices]") || (kind === "focusin" && lists.has(target))) return;
    // Chosen from the list: nothing more to suggest.
    if ([...(lists.get(target)?.children ?? [])].some((option) => option.value === target.value)) return;
    clearTimeout(timer);
    timer = setTimeout(suggest, kind === "input" ? PAUSE : 0, target);
  });
}
