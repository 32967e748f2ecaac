// The week's sheet: arrow keys and Enter walk through the cells, a pasted block fills them, sums follow what is typed.
// Without this script the sheet is a plain form.

const form = document.querySelector("form.week");
const rows = () => [...form.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll("td input")]);

function place(input) {
  const grid = rows();
  const row = grid.findIndex((cells) => cells.includes(input));
  return { grid, row, column: row < 0 ? -1 : grid[row].indexOf(input) };
}

// Minutes of 7.5, 7,5 or 7:30; NaN of what the server will ask about.
function minutesOf(text) {
  const said = text.trim().replace(/\s*h$/i, "");
  if (!said) return 0;
  const clock = said.match(/^(\d+):([0-5]\d)$/);
  if (clock) return clock[1] * 60 + +clock[2];
  return /^\d*[.,]?\d*$/.test(said) ? Math.round(parseFloat(said.replace(",", ".")) * 60) : NaN;
}

const written = (minutes) => (minutes ? (minutes / 60).toFixed(1) : "–");

function addUp() {
  const grid = rows();
  const totals = [...form.querySelectorAll("tfoot [data-sum]")];
  const days = totals.slice(0, -1).map(() => 0);
  for (const [at, row] of [...form.querySelectorAll("tbody tr")].entries()) {
    const minutes = grid[at].map((input) => minutesOf(input.value) || 0);
    minutes.forEach((each, day) => { days[day] += each; });
    row.querySelector(".total").textContent = written(minutes.reduce((a, b) => a + b, 0));
  }
  days.forEach((each, day) => { totals[day].textContent = written(each); });
  totals.at(-1).textContent = written(days.reduce((a, b) => a + b, 0));
}

function go(grid, row, column) {
  const input = grid[row]?.[column];
  if (!input || input.disabled) return false;
  input.focus();
  input.select();
  return true;
}

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

form?.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const { grid, row, column } = place(event.target);
  if (!step || row < 0 || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  // Inside of what is typed the arrows move the cursor; at its end they leave the cell.
  const { selectionStart: from, selectionEnd: to, value } = event.target;
  const isWhole = from === 0 && to === value.length;
  if (event.key === "ArrowLeft" && !isWhole && from > 0) return;
  if (event.key === "ArrowRight" && !isWhole && to < value.length) return;
  if (go(grid, row + step[0], column + step[1]) || event.key === "Enter") event.preventDefault();
});

form?.addEventListener("paste", (event) => {
  const { grid, row, column } = place(event.target);
  const block = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "").split("\n").map((line) => line.split("\t"));
  if (row < 0 || (block.length === 1 && block[0].length === 1)) return;
  event.preventDefault();
  let beyond = false;
  block.forEach((cells, down) => cells.forEach((text, across) => {
    const input = grid[row + down]?.[column + across];
    if (input && !input.disabled) input.value = text.trim();
    else if (text.trim()) beyond = true;
  }));
  form.querySelector("[data-said]").textContent = beyond ? form.dataset.pastedBeyond : "";
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

form?.addEventListener("input", addUp);
form?.addEventListener("focusin", ({ target }) => { if (place(target).row >= 0) target.select(); });
if (form) addUp();
