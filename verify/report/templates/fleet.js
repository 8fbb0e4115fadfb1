"use strict";
(function () {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const find = document.getElementById("find");
  const sort = document.getElementById("sort");
  const kind = document.getElementById("kind");
  const said = document.getElementById("shown");
  const list = document.getElementById("macs-list");
  const macs = Array.from(document.querySelectorAll("[data-mac]"));

  function chosen() {
    const pressed = document.querySelectorAll(".tile[aria-pressed=true]");
    return new Set(Array.from(pressed, (tile) => tile.dataset.verdict));
  }

  function filter() {
    const verdicts = chosen();
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const mac of macs) {
      const fits =
        (verdicts.size === 0 || verdicts.has(mac.dataset.verdict)) &&
        (!kind || kind.value === "" || kind.value === mac.dataset.kind) &&
        words.every((word) => mac.dataset.words.includes(word));
      mac.hidden = !fits;
      if (fits && mac.parentNode === list) shown += 1;
    }
    said.textContent = "Showing " + shown + " of " + list.children.length + " Macs.";
  }

  function arrange() {
    const way = Number(sort.value);
    const rank = (mac) => Number(mac.dataset.ranks.split(" ")[way]);
    for (const parent of new Set(macs.map((mac) => mac.parentNode))) {
      const own = macs.filter((mac) => mac.parentNode === parent);
      own.sort((one, other) => rank(one) - rank(other)).forEach((mac) => parent.append(mac));
    }
  }

  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const mac = target && target.closest("[data-mac]");
    if (!mac) return;
    mac.hidden = false;
    const inside = mac.querySelector("details");
    if (inside) inside.open = true;
    target.scrollIntoView();
  }

  function look(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }

  const theme = document.getElementById("theme");
  try {
    theme.value = localStorage.getItem("fleet-theme") || "";
  } catch (refused) {
    theme.value = "";
  }
  look(theme.value);
  theme.addEventListener("change", () => {
    look(theme.value);
    try {
      localStorage.setItem("fleet-theme", theme.value);
    } catch (refused) {
      said.textContent = "This browser keeps no settings for a file; the choice holds until it is closed.";
    }
  });

  each(".tile", (tile) =>
    tile.addEventListener("click", () => {
      tile.setAttribute("aria-pressed", String(tile.getAttribute("aria-pressed") !== "true"));
      filter();
    })
  );
  find.addEventListener("input", filter);
  if (kind) kind.addEventListener("change", filter);
  sort.addEventListener("change", arrange);
  each("[data-fold]", (button) =>
    button.addEventListener("click", () => {
      const open = button.dataset.fold === "open";
      each("#macs-list > :not([hidden]) > details", (one) => (one.open = open));
    })
  );
  document.getElementById("clear").addEventListener("click", () => {
    each(".tile", (tile) => tile.setAttribute("aria-pressed", "false"));
    find.value = "";
    if (kind) kind.value = "";
    filter();
  });
  addEventListener("hashchange", reveal);
  document.getElementById("tools").hidden = false;
  each(".tile", (tile) => (tile.disabled = false));
  filter();
  reveal();
})();
