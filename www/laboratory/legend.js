// What the colours of the pictures side by side mean. Always: the colours are those that the pictures are
// painted with; what has an order shows its two ends in words.
import { COLOURINGS, freeIn, scaleOf } from "./shades.js";
import { element } from "../page/element.js";

/** @param {HTMLUListElement} list @returns {(colouring: string, theme: "light" | "dark" | "forced") => void} */
export function legend(list) {
  let shown = "";
  return (colouring, theme) => {
    if (shown === `${colouring} ${theme}`) return;
    shown = `${colouring} ${theme}`;
    const { from, to } = COLOURINGS.find(({ name }) => name === colouring);
    const scale = scaleOf(colouring, theme);
    const blocks = to ? [entry(from, scale, to)] : [entry("", scale, from)];
    list.replaceChildren(...blocks, entry("", [freeIn(theme)], "free"), ring());
  };
}

function entry(before, colours, after) {
  const strip = element("i", { className: "shades" }, ...colours.map((colour) => {
    const shade = element("b");
    shade.style.backgroundColor = colour;
    return shade;
  }));
  return element("li", {}, ...[before, strip, after].filter(Boolean));
}

const ring = () => element("li", {}, element("i", { className: "key key-touched" }), "the last operation");
