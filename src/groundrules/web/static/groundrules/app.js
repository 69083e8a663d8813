// Small conveniences over pages that work without them: single-key shortcuts, theme, and a live region.
// No framework and no evaluation of strings; every control has a link or form behind it.
(() => {
  "use strict";
  const root = document.documentElement;

  const typing = (target) =>
    target.closest("input, textarea, select, [contenteditable]") !== null;

  const go = { t: "/", c: "/clients/", s: "/servers/", l: "/letters/", i: "/invoices/" };
  let waitingForSecond = false;

  const focusSearch = () => {
    const box = document.querySelector("#global-search");
    if (box) { box.focus(); box.select(); }
  };

  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      focusSearch();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || typing(event.target)) return;
    if (root.dataset.shortcuts === "off") return;
    if (waitingForSecond) {
      waitingForSecond = false;
      if (go[event.key]) window.location.assign(go[event.key]);
      return;
    }
    if (event.key === "g") { waitingForSecond = true; setTimeout(() => { waitingForSecond = false; }, 1500); }
    if (event.key === "/") { event.preventDefault(); focusSearch(); }
    if (event.key === "?") { document.querySelector("#shortcuts")?.showModal(); }
    if (event.key === "z") { document.querySelector("[data-zone-toggle]")?.click(); }
    if (event.key === "j" || event.key === "k") { moveRow(event.key === "j" ? 1 : -1); }
  });

  const moveRow = (step) => {
    const links = [...document.querySelectorAll("[data-row-link]")];
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
  };

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) { document.querySelector(opener.dataset.opens)?.showModal(); }
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      navigator.clipboard?.writeText(copier.dataset.copy);
      const live = document.querySelector("#live");
      if (live) live.textContent = "Copied.";
    }
  });
})();
