// The order of units and lessons by Alt+↑ and Alt+↓, and by dragging. Both send the forms that stand there anyway.
"use strict";

for (const outline of document.querySelectorAll("[data-outline]")) {
  let dragged = null;

  outline.addEventListener("keydown", (event) => {
    const way = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    const part = event.target.closest("[data-part]");
    if (!event.altKey || !way || !part) return;
    event.preventDefault();
    part.querySelector(`button[value=${way}]`).click();
  });

  for (const part of outline.querySelectorAll("[data-part]")) part.draggable = true;

  outline.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-part]");
    event.dataTransfer.effectAllowed = "move";
  });

  const target = (event) => {
    const part = event.target.closest("[data-part]");
    if (!dragged || !part || part === dragged) return null;
    return dragged.dataset.kind === "unit" ? part.closest("[data-kind=unit]") : part;
  };

  outline.addEventListener("dragover", (event) => {
    if (target(event)) event.preventDefault();
  });

  outline.addEventListener("drop", (event) => {
    const part = target(event);
    if (!part || part === dragged) return;
    event.preventDefault();
    const form = dragged.querySelector("form");
    const to = document.createElement("input");
    Object.assign(to, { type: "hidden", name: "to", value: part.dataset.part });
    form.append(to);
    form.submit();
  });
}

// After a move the page comes back at the part that was moved: the focus goes on from there.
const moved = location.hash.startsWith("#part-") && document.getElementById(location.hash.slice(1));
if (moved) moved.focus();
