// A chart that reads itself out. <svg data-crosshair="id of its table twin" data-top data-bottom>, and each row of the
// table says with data-x where it stands in the drawing. Pointer and arrow keys move a line; what the row says stands
// under the chart. A range input, unseen, gives keyboard and screen readers what the pointer has.

const SVG = "http://www.w3.org/2000/svg";

function bind(svg) {
  const table = document.getElementById(svg.dataset.crosshair);
  if (!table || svg.dataset.bound) return;
  svg.dataset.bound = "true";
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.textContent.trim());
  const rows = [...table.tBodies[0].rows].filter((row) => row.dataset.x);
  if (!rows.length) return;
  const places = rows.map((row) => Number(row.dataset.x));
  const box = svg.viewBox.baseVal;

  const line = document.createElementNS(SVG, "line");
  line.setAttribute("class", "crosshair");
  line.setAttribute("y1", svg.dataset.top ?? box.y);
  line.setAttribute("y2", svg.dataset.bottom ?? box.y + box.height);
  const list = document.createElement("dl");
  const range = Object.assign(document.createElement("input"), {
    type: "range", className: "crosshair-range", min: 0, max: rows.length - 1, step: 1, value: rows.length - 1,
  });
  range.setAttribute("aria-label", svg.querySelector("title")?.textContent ?? names[0]);
  const reading = Object.assign(document.createElement("div"), { className: "reading" });
  reading.append(range, list);
  svg.after(reading);

  function show(index) {
    const cells = [...rows[index].cells].map((cell) => cell.textContent.trim());
    line.setAttribute("x1", places[index]);
    line.setAttribute("x2", places[index]);
    if (!line.isConnected) svg.append(line);
    range.value = index;
    range.setAttribute("aria-valuetext", cells.map((cell, column) => `${names[column]} ${cell}`).join(", "));
    list.replaceChildren(...cells.flatMap((cell, column) => {
      if (!cell) return [];
      const pair = document.createElement("div");
      const term = Object.assign(document.createElement("dt"), { textContent: names[column] });
      const value = Object.assign(document.createElement("dd"), { textContent: cell });
      pair.append(...(column ? [term, value] : [Object.assign(term, { className: "unseen" }), value]));
      return [pair];
    }));
  }
  function hide() {
    if (document.activeElement === range) return;
    line.remove();
    list.replaceChildren();
  }

  svg.addEventListener("pointermove", (event) => {
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
    show(places.reduce((best, place, index) => (Math.abs(place - at) < Math.abs(places[best] - at) ? index : best), 0));
  });
  svg.addEventListener("pointerleave", hide);
  range.addEventListener("input", () => show(Number(range.value)));
  range.addEventListener("focus", () => show(Number(range.value)));
  range.addEventListener("blur", hide);
}

const bindAll = (root) => root.querySelectorAll("svg[data-crosshair]").forEach(bind);
bindAll(document);
document.addEventListener("htmx:afterSwap", () => bindAll(document));
document.addEventListener("live:renewed", () => bindAll(document));
