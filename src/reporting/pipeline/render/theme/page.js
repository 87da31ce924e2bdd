// The reader's choice of dark or light, kept for all pages; without it the machine's.
(() => {
  const root = document.documentElement;
  const recall = () => {
    let kept;
    try { kept = localStorage.getItem("theme"); } catch (_) {}
    if (kept) root.dataset.theme = kept;
  };
  const dark = () => root.dataset.theme
    ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  recall();
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
    const again = () => { recall(); name(); };
    addEventListener("pageshow", again); // back to a page that was kept as it was
    addEventListener("storage", again); // chosen in another tab
  });
})();

// The list of contents marks the section that is being read.
document.addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  const list = document.querySelector(".toc");
  const links = list ? [...list.querySelectorAll("a")] : [];
  const sections = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  if (!links.length) return;
  let shown, asked;
  const follow = () => {
    asked = undefined;
    const end = scrollY > 0 && scrollY + innerHeight > root.scrollHeight - 2;
    const begun = sections.filter((section) => section && section.getBoundingClientRect().top < innerHeight / 4);
    const now = end ? links.at(-1) : links[begun.length ? sections.indexOf(begun.at(-1)) : 0];
    if (now === shown) return;
    if (shown) shown.removeAttribute("aria-current");
    shown = now;
    now.setAttribute("aria-current", "true");
    const room = list.clientHeight, at = now.offsetTop - list.offsetTop;
    if (list.scrollHeight > room) list.scrollTop = at - room / 2; // a list longer than the window
  };
  const ask = () => { asked = asked || requestAnimationFrame(follow); };
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask);
  follow();
});
