// A telephone shows a part of the tabs: the one that one is on is among them.

const current = document.querySelector(".tabs [aria-current]");
const row = current?.parentElement;
if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
