// Small conveniences over pages that work without them: single-key shortcuts, theme, and a live region.
// No framework and no evaluation of strings; every control has a link or form behind it.
(() => {
  "use strict";
  const root = document.documentElement;

  const typing = (target) =>
    target.closest("input, textarea, select, [contenteditable]") !== null;

  const go = {
    t: "/", s: "/servers/", w: "/work/", h: "/time/", c: "/clients/", l: "/letters/", i: "/invoices/", p: "/profit/", e: "/evidence/", y: "/tray/",
  };
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
    if (event.key === "s") { nearestStar()?.click(); }
    if (event.key === "j" || event.key === "k") { moveRow(event.key === "j" ? 1 : -1); }
  });

  // The star of the row that is focused, or of what the page is about.
  const nearestStar = () =>
    document.activeElement.closest("tr, li")?.querySelector("button.star") ?? document.querySelector(".title-row button.star");

  // A star is set without leaving the page; without this script its form leads back to the same place.
  const showStar = (button, told) => {
    button.name = told.starred ? "unstar" : "star";
    button.setAttribute("aria-pressed", String(told.starred));
    document.querySelector("#tray-count").textContent = told.count;
    document.querySelector("#live").textContent = told.refused || `${told.count} in your evidence tray`;
    if (told.refused) button.title = told.refused;
  };

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target.id !== "stars" || !button) return;
    event.preventDefault();
    const sent = new FormData(event.target);
    sent.append(button.name, button.value);
    fetch(event.target.action, { method: "POST", body: sent, headers: { "X-Requested-With": "fetch" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
      .then((told) => showStar(button, told))
      .catch(() => { document.querySelector("#live").textContent = "The star was not saved. Reload the page and try again."; });
  });

  const moveRow = (step) => {
    const links = [...document.querySelectorAll("[data-row-link]")];
    if (links.length === 0) return;
    const at = links.indexOf(document.activeElement);
    links[Math.min(Math.max(at + step, 0), links.length - 1)].focus();
  };

  // On a narrow screen the lanes scroll; begin where something happened.
  const showStory = () => {
    for (const lanes of document.querySelectorAll("[data-focus]")) {
      const wanted = Number(lanes.dataset.focus) * lanes.scrollWidth;
      lanes.scrollLeft = Math.max(0, wanted - lanes.clientWidth / 3);
    }
  };
  showStory();

  // An open menu closes on Escape and when the reader goes on elsewhere.
  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.columns-menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest("details.columns-menu[open]");
    closeMenus(null);
    open?.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.columns-menu"));
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
