// What a reader would see of the page in the frame, as JSON.
"use strict";
const luminance = (rgb) => {
  const linear = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
// The colour behind an element: that of the first around it that has one.
const behind = (view, element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = channels(view.getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] > 0) return colour.slice(0, 3);
  }
  return [255, 255, 255];
};
// Text that contrasts by less than 4.5 with what is behind it (WCAG, level AA).
const pale = (view) =>
  [...view.document.body.querySelectorAll("*")]
    .filter((element) => !element.closest("script,style,title,desc,.skip,.item"))
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => {
      const style = view.getComputedStyle(element);
      const ink = channels(element.namespaceURI.endsWith("svg") ? style.fill : style.color);
      return contrast(ink.slice(0, 3), behind(view, element)) < 4.5;
    })
    .map((element) => element.textContent.trim().slice(0, 40));
// Boxes whose content is wider than they are: a map, or a command below a picture.
const cut = (view) =>
  [...view.document.querySelectorAll(".heat td, .heat th, figcaption code, .command code")]
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => box.textContent.trim().slice(0, 40));
// Boxes that move sideways without a shade at the edge that says so.
const bare = (view) =>
  [...view.document.querySelectorAll("*")]
    .filter((box) => box.scrollWidth > box.clientWidth + 1)
    .filter((box) => ["auto", "scroll"].includes(view.getComputedStyle(box).overflowX))
    .filter((box) => !view.getComputedStyle(box).backgroundImage.includes("gradient"))
    .map((box) => box.textContent.trim().slice(0, 40));
addEventListener("load", () => {
  const view = document.getElementById("frame").contentWindow;
  const root = view.document.documentElement;
  for (const details of view.document.querySelectorAll("details")) details.open = true;
  const table = view.document.querySelector("#details table");
  table.tHead.rows[0].cells[0].querySelector("button").click();
  const names = [...table.tBodies[0].rows].map((row) => row.cells[0].textContent);
  document.getElementById("seen").textContent = JSON.stringify({
    dark: view.matchMedia("(prefers-color-scheme: dark)").matches,
    viewport: view.innerWidth,
    width: Math.max(root.scrollWidth, view.document.body.scrollWidth),
    requests: view.performance.getEntriesByType("resource").map((entry) => entry.name),
    pale: pale(view),
    cut: cut(view),
    bare: bare(view),
    sorted: names.every((name, i) => i === 0 || names[i - 1].localeCompare(name) <= 0),
  });
});
