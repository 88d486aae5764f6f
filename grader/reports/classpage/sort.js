"use strict";
// The tables are whole without this: it makes their headings buttons that sort, and adds a filter.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = Array.from(table.tHead.rows[0].cells);
  const status = document.createElement("p");
  status.className = "sr";
  status.setAttribute("role", "status");
  table.closest(".scroll").after(status);
  const value = (row, place) => {
    const cell = row.cells[place];
    return cell.dataset.value === undefined ? cell.textContent.trim() : cell.dataset.value;
  };
  const compare = (place, number, sign) => (a, b) => {
    const left = value(a, place);
    const right = value(b, place);
    if (left === "" || right === "") return (left === "") - (right === ""); // no score: always last
    if (number) return sign * (Number(left) - Number(right));
    return sign * left.localeCompare(right, undefined, { numeric: true });
  };
  headings.forEach((heading, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const up = heading.getAttribute("aria-sort") !== "ascending";
      for (const other of headings) other.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", up ? "ascending" : "descending");
      const number = heading.dataset.sort === "number";
      const rows = Array.from(body.rows).sort(compare(place, number, up ? 1 : -1));
      body.append(...rows);
      status.textContent = `sorted by ${button.textContent.trim()}, ${up ? "ascending" : "descending"}`;
    });
  });
  if (!table.dataset.filter) continue;
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  label.className = "filter screen";
  label.append(table.dataset.filter + " ", input);
  table.closest(".scroll").before(label);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let shown = 0;
    for (const row of body.rows) {
      row.hidden = !row.textContent.toLowerCase().includes(wanted);
      shown += row.hidden ? 0 : 1;
    }
    status.textContent = `${shown} of ${body.rows.length} shown`;
  });
}
