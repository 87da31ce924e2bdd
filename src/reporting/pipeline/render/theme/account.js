// An account's twelve months: the values of a line on hover, and with the arrow keys.
document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".spark").forEach((spark, series) => {
  const rows = [...document.querySelectorAll("#course tr")].slice(1).map((row) => row.cells);
  const shown = spark.querySelector("b"), last = rows.length - 1;
  const name = spark.querySelector("span").textContent;
  const mark = document.createElement("i");
  let at = last;
  spark.append(mark);
  spark.tabIndex = 0;
  spark.setAttribute("role", "slider");
  spark.setAttribute("aria-label", name + ", month by month");
  spark.setAttribute("aria-valuemin", 0);
  spark.setAttribute("aria-valuemax", last);
  const show = (month, named) => {
    at = Math.min(Math.max(month, 0), last);
    const cells = rows[at], value = (cells[series + 1] || cells[1]).textContent.trim(), when = rows[at][0].textContent.trim();
    shown.textContent = named ? value + " in " + when : value;
    spark.setAttribute("aria-valuenow", at);
    spark.setAttribute("aria-valuetext", when + ": " + value);
    mark.style.left = 100 * at / last + "%";
    mark.hidden = !named;
  };
  const line = spark.querySelector("svg");
  spark.addEventListener("pointermove", (event) => {
    const box = line.getBoundingClientRect();
    show(Math.round((event.clientX - box.left) / box.width * last), true);
  });
  spark.addEventListener("pointerleave", () => show(last, false));
  spark.addEventListener("focus", () => show(last, true));
  spark.addEventListener("blur", () => show(last, false));
  spark.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: at - 1, ArrowDown: at - 1, ArrowRight: at + 1, ArrowUp: at + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to, true);
  });
  show(last, false);
}));
