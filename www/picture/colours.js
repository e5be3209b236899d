// Colours as the pictures are made of them, and how they are mixed and put into pixels. Always: a colour is "#rrggbb".

/** Paul Tol's "light" scheme, distinct in all common kinds of colour blindness, under dark ink. */
export const HUES = ["#77aadd", "#ee8866", "#eedd88", "#44bb99", "#ffaabb", "#99ddff", "#bbcc33", "#aaaa00"];
/** What marks are painted with: they lie on blocks, and on free units of any theme. */
export const MARKS = { ink: "#10151b", halo: "#ffffff", moved: "#6f0d45", done: "#1f6b52", refused: "#9c2f1a" };

/** One colour with a share of another in it. @param {number} share from 0 to 1 */
export function mix(colour, other, share) {
  const to = channels(other);
  return hex(channels(colour).map((value, at) => value * (1 - share) + to[at] * share));
}

/** @param {number[]} rgb from 0 to 255 each */
export function hex(rgb) {
  return `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
}

/** As a canvas keeps it on a little-endian machine, which every WebAssembly engine presents. */
export function pixel(colour) {
  const [red, green, blue] = channels(colour);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
