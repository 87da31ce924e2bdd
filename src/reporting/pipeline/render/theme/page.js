// The reader's choice of dark or light; without it the machine's.
(() => {
  const root = document.documentElement;
  let kept;
  try { kept = localStorage.getItem("theme"); } catch (_) {}
  if (kept) root.dataset.theme = kept;
  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector(".theme");
    const name = () => {
      button.textContent = dark() ? "Light" : "Dark";
      button.setAttribute("aria-label", "Switch to " + (dark() ? "light" : "dark") + " colours");
    };
    button.hidden = false;
    name();
    button.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      try { localStorage.setItem("theme", root.dataset.theme); } catch (_) {}
      name();
    });
  });
})();
