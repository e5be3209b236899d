// How blocks look in the pictures side by side. Always: colours as the painter takes them, made once for
// each colouring and theme.
import { freeIn, scaleOf } from "./shades.js";
import { pixel } from "../picture/colours.js";

const made = new Map();

/** @param {string} colouring @param {"light" | "dark" | "forced"} theme */
export function lookOf(colouring, theme) {
  const key = `${colouring} ${theme}`;
  if (!made.has(key)) made.set(key, make(colouring, theme));
  return made.get(key);
}

function make(colouring, theme) {
  return { colourBy: colouring, colours: Uint32Array.from([freeIn(theme), ...scaleOf(colouring, theme)], pixel) };
}
