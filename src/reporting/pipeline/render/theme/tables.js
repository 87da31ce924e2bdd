// Tables of reports sort by a click on a header, and can be searched where they are long.
(() => {
  const UNKNOWN = new Set(["", "n/a", "not available", "none", "no earlier figure", "no figure"]);
  const SIZES = { k: 1e3, M: 1e6, B: 1e9, T: 1e12 };
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const DECIMAL = ".", GROUPS = DECIMAL === "." ? ",’" : ".’\u00a0"; // as this month's numbers are written
  const NUMBER = new RegExp(
    `^(?:< )?([+−-]?)[^\\d\\s]{0,3}\\s?(\\d[\\d${GROUPS}]*[${DECIMAL}]?\\d*|[${DECIMAL}]\\d+)([kMBT]?)(?![\\w-])`);
  const text = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
  // `−$1.2k`, `< 0.1%`, `12 days`, `3 of 10`: by its first number; dates by day.
  const value = (html) => {
    const said = text(html);
    if (UNKNOWN.has(said)) return null;
    const date = said.match(/^(?:(\d{1,2}) )?([A-Z][a-z]{2})[a-z]* (\d{4})$/);
    if (date && MONTHS.includes(date[2])) return Date.UTC(date[3], MONTHS.indexOf(date[2]), date[1] || 1);
    const number = said.match(NUMBER);
    if (!number) return undefined;
    const plain = [...number[2]].filter((c) => c === DECIMAL || /\d/.test(c)).join("").replace(DECIMAL, ".");
    const size = Number(plain) * (SIZES[number[3]] || 1);
    return number[1] && number[1] !== "+" ? -size : size;
  };
  const order = (sign) => (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x == null || y == null) return (x == null) - (y == null); // what is not known comes last
    return sign * (x - y);
  };
  DataTable.type("told-number", { detect: () => false, order: { asc: order(1), desc: order(-1) } });

  document.querySelectorAll(".scroll > table:not(#accounts)").forEach((table) => {
    const body = table.tBodies[0], rows = body ? [...body.rows] : [];
    if (!table.tHead || table.tHead.rows.length !== 1 || rows.length < 3) return;
    const total = rows.at(-1);
    if ([...total.cells].every((cell) => !cell.textContent.trim() || cell.querySelector("strong"))) {
      table.createTFoot().append(total); // it sums the others, and stays below them
    }
    const columns = [...table.tHead.rows[0].cells].map((_, i) => {
      const values = [...body.rows].map((row) => (row.cells[i] ? value(row.cells[i].innerHTML) : null));
      const numbers = values.some((x) => x != null) && values.every((x) => x !== undefined);
      return { type: numbers ? "told-number" : "html" };
    });
    const long = body.rows.length >= 10;
    new DataTable(table, {
      columns, order: [], autoWidth: false, paging: false, info: false, searching: long,
      layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null, top: long ? "search" : null },
      language: { search: "Find in this table", zeroRecords: "No row has this." },
    });
  });
})();
