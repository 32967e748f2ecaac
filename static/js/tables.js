// Says of each table box whether the table fits (the page scrolls, and the head stays at its top) or is too wide (the
// box scrolls by itself, with head and first column in place). Only a box that scrolls is a stop for the Tab key.

const fits = (box) => {
  const table = box.querySelector("table");
  return !table || table.scrollWidth <= Math.ceil(box.getBoundingClientRect().width) + 1;
};

function measure(box) {
  const is = fits(box);
  box.classList.toggle("fits", is);
  box.classList.toggle("too-wide", !is);
  if (is) box.removeAttribute("tabindex"); else box.setAttribute("tabindex", "0");
}

const widths = new WeakMap();
const observer = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const box = target.closest(".table-scroll");
    if (!box || (widths.get(target) === target.offsetWidth && box.matches(".fits, .too-wide"))) continue;
    widths.set(target, target.offsetWidth);
    measure(box);
  }
});

function watch(root) {
  for (const box of root.querySelectorAll(".table-scroll")) {
    observer.observe(box);
    const table = box.querySelector("table");
    if (table) observer.observe(table);
  }
}

watch(document);
for (const kind of ["htmx:afterSwap", "live:renewed", "dialog:drawn"]) document.addEventListener(kind, () => watch(document));
