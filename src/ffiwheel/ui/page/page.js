// What the page can do beyond being read: look into the map, and filter by name.
// It changes classes and nothing of the text; without it, the lists say the same.
(() => {
  "use strict";
  const map = document.querySelector(".map");
  const root = document.getElementById("b0");
  const bar = document.querySelector(".bar");
  const crumbs = bar.querySelector(".crumbs");
  const readout = bar.querySelector(".readout");
  const boxes = [...map.querySelectorAll(".box")];
  let here = root;

  const nameOf = (box) => box.querySelector(":scope > .cap > b").textContent;
  const parentOf = (box) => (box === root ? null : box.parentElement.closest(".box"));
  const childrenOf = (box) => [...box.querySelectorAll(":scope > .in > .box")];
  const pathOf = (box) => (box ? [...pathOf(parentOf(box)), box] : []);

  function tell(box) {
    for (const one of map.querySelectorAll(".told")) one.classList.remove("told");
    if (box !== root) box.classList.add("told");
    const names = pathOf(box).slice(1).map(nameOf).join(" > ");
    readout.textContent = `${names || nameOf(root)}: ${box.dataset.t}`;
  }

  function focusOn(box) {
    for (const one of boxes) one.tabIndex = -1;
    box.tabIndex = 0;
    box.focus({ preventScroll: true });
  }

  function lookInto(box) {
    if (box.classList.contains("leaf")) return;
    here = box;
    const path = pathOf(box);
    for (const one of boxes) {
      one.classList.toggle("open", path.includes(one));
      one.classList.toggle("here", one === box);
    }
    map.classList.toggle("zoom", box !== root);
    crumbs.replaceChildren(...path.map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = nameOf(one);
      if (one === box) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => { lookInto(one); tell(one); });
      return button;
    }));
  }

  function step(box, by) {
    const row = childrenOf(parentOf(box) || root);
    return row[row.indexOf(box) + by];
  }

  const moves = {
    ArrowRight: (box) => childrenOf(box)[0],
    ArrowLeft: (box) => (parentOf(box) === here ? null : parentOf(box)),
    ArrowDown: (box) => step(box, 1),
    ArrowUp: (box) => step(box, -1),
    Home: () => childrenOf(here)[0],
    End: () => childrenOf(here).at(-1),
  };

  function isShown(box) {
    return box.getClientRects().length > 0;
  }

  map.addEventListener("keydown", (event) => {
    const box = event.target.closest(".box");
    if (!box || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in moves) {
      const next = moves[event.key](box);
      if (next && isShown(next)) focusOn(next);
    } else if (event.key === "Enter" || event.key === " ") {
      lookInto(box);
      const first = childrenOf(box)[0];
      if (first) focusOn(first);
    } else if (event.key === "Escape") {
      const left = here;
      lookInto(parentOf(here) || root);
      focusOn(left === root ? box : left);
    } else return;
    event.preventDefault();
  });
  map.addEventListener("click", (event) => {
    const path = pathOf(event.target.closest(".box"));
    const next = path[path.indexOf(here) + 1];
    if (!next) return;
    focusOn(next);
    lookInto(next);
    tell(path.at(-1));
  });
  map.addEventListener("focusin", (event) => tell(event.target.closest(".box")));
  map.addEventListener("pointerover", (event) => tell(event.target.closest(".box") || root));
  map.addEventListener("pointerleave", () => tell(here));

  for (const box of boxes) {
    box.tabIndex = -1;
    box.setAttribute("role", "treeitem");
    box.setAttribute("aria-label", `${nameOf(box)}, ${box.dataset.t}`);
    const inner = box.querySelector(":scope > .in");
    if (inner) inner.setAttribute("role", "group");
  }
  map.setAttribute("role", "tree");
  map.setAttribute("aria-label", "Map of the wheel");
  map.classList.add("live");
  for (const one of document.querySelectorAll(".bar, .hint, .filter")) one.hidden = false;
  (childrenOf(root)[0] || root).tabIndex = 0;
  lookInto(root);
  tell(root);

  const named = [...document.querySelectorAll("[data-f]")];
  const input = document.querySelector(".filter input");
  const closed = new Set();

  input.addEventListener("input", () => {
    const sought = input.value.trim().toLowerCase();
    for (const one of named) one.hidden = Boolean(sought);
    for (const one of named) {
      if (!one.dataset.f.toLowerCase().includes(sought)) continue;
      for (const inner of one.querySelectorAll("[data-f]")) inner.hidden = false;
      for (let up = one; up; up = up.parentElement.closest("[data-f]")) up.hidden = false;
    }
    for (const details of document.querySelectorAll("details:has([data-f])")) {
      if (sought && !details.open) closed.add(details);
      if (sought || closed.has(details)) details.open = Boolean(sought);
    }
    if (!sought) closed.clear();
    map.classList.toggle("sought", Boolean(sought));
    for (const box of boxes) {
      const path = pathOf(box).map(nameOf).join("/").toLowerCase();
      box.classList.toggle("found", Boolean(sought) && path.includes(sought));
    }
  });
})();
