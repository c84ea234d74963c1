"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const bodies = [...table.tBodies].map((body) => ({ body, rows: [...body.rows] }));
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = column > 0 && head.getAttribute("aria-sort") !== "descending";
      for (const other of heads) other.removeAttribute("aria-sort");
      if (column > 0) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      for (const { body, rows } of bodies) {
        const value = (row) => (row.cells[column].dataset.value === undefined ? NaN : Number(row.cells[column].dataset.value));
        const known = rows.filter((row) => column > 0 && !Number.isNaN(value(row)));
        known.sort((a, b) => (down ? value(b) - value(a) : value(a) - value(b)));
        body.append(...known, ...rows.filter((row) => !known.includes(row)));
      }
    });
  });
}
