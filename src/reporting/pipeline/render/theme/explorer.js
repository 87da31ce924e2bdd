// The table of all accounts. What it shows stands in the address, so that a view can be sent as a link.
(() => {
  const data = window.accounts, byId = (id) => document.getElementById(id);
  const place = Object.fromEntries(data.columns.map((column, i) => [column.id, i]));
  const file = data.columns.length;
  data.columns.forEach((column, i) => {
    if (column.values) data.rows.forEach((row) => { if (row[i] !== null) row[i] = column.values[row[i]]; });
  });
  const search = data.rows.map((row) =>
    ["name", "id", "owner", "plan", "action", "reason"].map((id) => row[place[id]] || "").join("\n").toLowerCase());

  const [whole, tenths] = [0, 1].map((digits) =>
    new Intl.NumberFormat(data.locale || "en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  const digits = (value, form = whole) => form.format(Math.abs(value));
  const percent = data.percent || ["", "%"];
  const minus = (value) => (value < 0 ? "−" : "");
  const FORMS = {
    text: (value) => value,
    date: (value) => value,
    count: (value) => digits(value),
    score: (value) => digits(value, tenths),
    days: (value) => minus(value) + digits(value),
    share: (value) => minus(value) + percent[0] + digits(100 * value) + percent[1],
    money: (value) => minus(value) + data.symbol + digits(value / 100) + (data.after || ""),
  };
  const escaped = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
  const shown = (column, i) => (value, type, row) => {
    if (type !== "display") return value;
    if (value === null) return '<span class="unknown">not available</span>';
    const said = escaped(String(FORMS[column.kind](value)));
    if (column.id !== "name") return said;
    const name = encodeURIComponent(row[file] || row[place.id]);
    return '<a class="account" href="' + name + '.html">' + said + "</a>";
  };
  const known = (compare) => ({
    asc: (a, b) => (a === null || b === null ? (a === null) - (b === null) : compare(a, b)),
    desc: (a, b) => (a === null || b === null ? (a === null) - (b === null) : compare(b, a)),
  });
  const words = new Intl.Collator("en", { numeric: true });
  DataTable.type("known-text", { detect: () => false, order: known(words.compare) });
  DataTable.type("known-number", { detect: () => false, order: known((a, b) => a - b) });

  const ROWS = 25; // a page; more make every change slower to draw

  // The view: what is searched for and narrowed to, how it is sorted, which columns are shown.
  const RENEWAL = { 30: "within 30 days", 60: "within 60 days", 90: "within 90 days", later: "later", none: "not available" };
  const narrow = data.columns.filter((column) => column.filter && column.values.length > 1);
  const read = () => new URLSearchParams(location.hash.slice(1));
  const usual = () => data.columns.filter((c) => c.shown).map((c) => c.id);
  let columns = usual();

  const selects = {};
  const add = (id, label, options) => {
    const select = document.createElement("select");
    select.append(new Option("all", ""), ...options.map(([value, text]) => new Option(text, value)));
    const box = document.createElement("label");
    box.append(label + " ", select);
    byId("filters").append(box);
    select.addEventListener("change", apply);
    selects[id] = select;
  };
  const renews = (row, wanted) => {
    const days = row[place.to_renewal];
    if (wanted === "none") return days === null;
    return days !== null && (wanted === "later" ? days > 90 : days <= Number(wanted));
  };
  let matches = () => true;
  const matching = () => {
    const wanted = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
    const exact = narrow.filter((c) => selects[c.id].value).map((c) => [place[c.id], selects[c.id].value]);
    const renewal = selects.renewal.value;
    return (row, i) => exact.every(([column, value]) => (value === "\u0000" ? row[column] === null : row[column] === value))
      && (!renewal || renews(row, renewal)) && wanted.every((word) => search[i].includes(word));
  };

  let table;
  function apply() {
    matches = matching();
    table.draw();
  }
  const remember = () => {
    const state = new URLSearchParams();
    if (byId("find").value) state.set("q", byId("find").value);
    Object.entries(selects).forEach(([id, select]) => { if (select.value) state.set(id, select.value); });
    const sorted = table.order()[0];
    if (sorted && sorted[1]) state.set("sort", data.columns[sorted[0]].id + (sorted[1] === "desc" ? "-" : ""));
    if (columns.join() !== usual().join()) state.set("columns", columns.join());
    if (table.page()) state.set("page", table.page() + 1);
    const hash = "#" + state;
    if (hash !== (location.hash || "#")) history.replaceState(null, "", hash);
    const used = Object.values(selects).filter((select) => select.value).length;
    document.querySelector("#narrow summary").textContent = "Narrow down" + (used ? " (" + used + ")" : "");
    const found = table.page.info();
    byId("count").textContent = found.recordsDisplay === found.recordsTotal
      ? digits(found.recordsTotal) + " accounts"
      : digits(found.recordsDisplay) + " of " + digits(found.recordsTotal) + " accounts";
  };
  // What the address says goes into the form; returned is what only the table knows.
  const restore = () => {
    const state = read();
    byId("find").value = state.get("q") || "";
    Object.entries(selects).forEach(([id, select]) => { select.value = state.get(id) || ""; });
    byId("narrow").open = innerWidth > 640;
    matches = matching();
    const named = (state.get("columns") || "").split(",").filter((id) => id in place);
    choose(named.length ? named : usual());
    const sort = (state.get("sort") || "").match(/^(\w+?)(-?)$/);
    return {
      order: sort && sort[1] in place ? [[place[sort[1]], sort[2] ? "desc" : "asc"]] : [],
      page: Math.max(Number(state.get("page")) - 1, 0) || 0,
    };
  };
  const choose = (ids) => {
    columns = data.columns.map((c) => c.id).filter((id) => ids.includes(id) || id === "name");
    data.columns.forEach((column, i) => {
      byId("columns").querySelectorAll("input")[i].checked = columns.includes(column.id);
    });
  };
  const show = (asked) => {
    data.columns.forEach((column, i) => {
      const wanted = columns.includes(column.id);
      if (table.column(i).visible() !== wanted) table.column(i).visible(wanted, false);
    });
    table.order(asked.order).draw();
    if (asked.page && asked.page < table.page.info().pages) table.page(asked.page).draw("page");
  };

  narrow.forEach((column) => {
    const unknown = data.rows.some((row) => row[place[column.id]] === null);
    add(column.id, column.label, [...column.values.map((value) => [value, value]),
      ...(unknown ? [["\u0000", "not available"]] : [])]);
  });
  add("renewal", "Renewal", Object.entries(RENEWAL));
  data.columns.forEach((column, i) => {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.disabled = column.id === "name";
    box.addEventListener("change", () => {
      choose(box.checked ? [...columns, column.id] : columns.filter((id) => id !== column.id));
      table.column(i).visible(box.checked);
      remember();
    });
    const label = document.createElement("label");
    label.append(box, " " + column.label);
    byId("columns").append(label);
  });

  document.querySelectorAll(".tools").forEach((tools) => { tools.hidden = false; });
  const asked = restore();
  DataTable.ext.search.push((_, __, i, row) => matches(row, i));
  table = new DataTable("#accounts", {
    data: data.rows,
    columns: data.columns.map((column, i) => ({
      data: i, title: column.label, visible: columns.includes(column.id), searchable: false, render: shown(column, i),
      type: column.kind === "text" || column.kind === "date" ? "known-text" : "known-number",
      className: ["text", "date"].includes(column.kind) ? "" : "figure",
    })),
    order: asked.order, displayStart: ROWS * asked.page, deferRender: true, autoWidth: false, pageLength: ROWS, lengthMenu: [ROWS, 50, 100, 500],
    layout: { topStart: null, topEnd: null, bottomStart: "pageLength", bottomEnd: "paging" },
    language: { zeroRecords: "No account is like that.", lengthMenu: "Rows a page _MENU_" },
  });
  remember();
  table.on("draw", remember);
  window.addEventListener("hashchange", () => show(restore()));
  byId("find").addEventListener("input", apply);
  byId("find").form.addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", () => {
    history.replaceState(null, "", "#");
    show(restore());
  });

  // Taken along: as CSV that a spreadsheet opens without running anything, see `present.exports`.
  const FORMULA = /^[=+\-@\t\n＝＋－＠]/, NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?%?$/;
  const plain = (column, value) => {
    if (value === null) return "";
    if (column.kind === "money") return (value / 100).toFixed(2);
    const text = String(value);
    return FORMULA.test(text) && !NUMBER.test(text) ? "'" + text : text;
  };
  const taken = (write, between) => {
    const picked = data.columns.filter((column) => columns.includes(column.id));
    const head = picked.map((c) => write(c.kind === "money" ? c.label + ", " + data.currency : c.label));
    const rows = table.rows({ search: "applied", order: "applied" }).data().toArray();
    const lines = rows.map((row) => picked.map((c) => write(plain(c, row[place[c.id]]))).join(between));
    return [head.join(between), ...lines].join("\n") + "\n";
  };
  const quoted = (text) => (/[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text);
  byId("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([taken(quoted, ",")], { type: "text/csv" }));
    link.download = "accounts.csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  const copied = async (button, text) => {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch (_) {
      button.textContent = "The browser did not allow it";
    }
    setTimeout(() => { button.textContent = before; }, 1500);
  };
  byId("copy").addEventListener("click", (event) => copied(event.currentTarget, taken((text) => text, "\t")));
  byId("link").addEventListener("click", (event) => copied(event.currentTarget, location.href));
})();
