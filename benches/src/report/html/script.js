// Only comfort: a click on a heading sorts its table; a second one turns it round.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const units = { ns: 1e-6, "µs": 1e-3, ms: 1, s: 1e3, B: 1, KiB: 1024, MiB: 1048576, GiB: 1073741824 };
  const key = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const found = /^[≤≥]? ?(-?[\d.,]+) ?(\S*)/.exec(text);
    return found ? parseFloat(found[1].replaceAll(",", "")) * (units[found[2]] ?? 1) : text;
  };
  const order = (a, b) => {
    const kinds = (typeof a === "string") - (typeof b === "string");
    if (kinds !== 0) return kinds;
    return typeof a === "string" ? a.localeCompare(b) : a - b;
  };
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const down = heading.ariaSort === "ascending";
      for (const other of table.tHead.rows[0].cells) other.ariaSort = null;
      heading.ariaSort = down ? "descending" : "ascending";
      const rows = [...body.rows].sort((a, b) => order(key(a, column), key(b, column)));
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}
const all = document.querySelectorAll("#details details");
if (all.length > 1) {
  const button = document.createElement("button");
  button.textContent = "Open or close all";
  button.addEventListener("click", () => {
    const open = ![...all].every((one) => one.open);
    for (const one of all) one.open = open;
  });
  all[0].before(button);
}
