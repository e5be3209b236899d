// The colours and patterns of blocks. Always: a block's look follows from its ID alone, two blocks
// allocated one after the other differ in colour, and patterns tell apart what colour may not.
import { hex, HUES, MARKS, mix, pixel } from "./colours.js";

const SCHEMES = {
  light: {
    ...MARKS, paper: "#ffffff", ink: "#1b2430", muted: "#4a5461",
    freed: "#d9d5cb", freedMark: "#8b8474", tail: "#f1eee6", edge: "#8b8778",
    beyond: "#fcfbf8", beyondMark: "#8a8272", hues: HUES,
  },
  dark: {
    ...MARKS, paper: "#1a1f26", muted: "#c3cad2",
    freed: "#3a424d", freedMark: "#7f8b99", tail: "#252c35", edge: "#6c7886",
    beyond: "#12161b", beyondMark: "#7f8b99", hues: HUES.map((hue) => mix(hue, MARKS.ink, 0.14)),
  },
};
/** Where colours are forced: shares of ink in the paper, no two neighbours alike. */
const FORCED_SHARES = [0.1, 0.32, 0.2, 0.42, 0.15, 0.37, 0.25, 0.47];
const PATTERNS = 6;

/** @returns {{hue: number, pattern: number}} @param {number} id */
export function look(id) {
  const number = (id % 4294967296) + Math.floor(id / 4294967296) * 3;
  return { hue: number % HUES.length, pattern: Math.floor(number / HUES.length) % PATTERNS };
}

/** The look of all blocks of one kind. @param {number} kind the kinds are counted from 0 on */
export function lookOfKind(kind) {
  return { hue: kind % HUES.length, pattern: kind % PATTERNS };
}

/** Whether a pattern is inked at a pixel; it repeats every `period` pixels. */
export function inked(pattern, x, y, period) {
  const line = Math.max(1, period >> 2);
  switch (pattern) {
    case 1: return (x + y) % period < line;
    case 2: return y % period < line;
    case 3: return (x - y + (y + period) * period) % period < line;
    case 4: return x % period < line;
    case 5: return x % period < 2 * line && y % period < 2 * line;
    default: return false;
  }
}

/**
 * Everything that a picture is painted with, for one theme.
 * @param {"light" | "dark" | "forced"} theme
 */
export function palette(theme) {
  const scheme = theme === "forced" ? forcedScheme() : SCHEMES[theme];
  const marks = scheme.hues.map((hue) => mix(hue, scheme.ink, 0.34));
  return {
    ...scheme,
    marks,
    raster: {
      hues: scheme.hues.map(pixel),
      marks: scheme.hues.map((hue) => pixel(mix(hue, scheme.ink, 0.22))),
      edges: scheme.hues.map((hue) => pixel(mix(hue, scheme.ink, 0.5))),
      freed: pixel(scheme.freed),
      freedMark: pixel(mix(scheme.freed, scheme.freedMark, 0.5)),
      tail: pixel(scheme.tail),
      beyond: pixel(scheme.beyond),
      beyondMark: pixel(mix(scheme.beyond, scheme.beyondMark, 0.7)),
      paper: pixel(scheme.paper),
    },
  };
}

const tiles = new Map();

/** A canvas of one period of a pattern in the given colour, the rest see-through. */
export function tile(pattern, colour, period) {
  const key = `${pattern} ${colour} ${period}`;
  if (!tiles.has(key)) tiles.set(key, paintTile(pattern, colour, period));
  return tiles.get(key);
}

function paintTile(pattern, colour, period) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = period;
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  for (let y = 0; y < period; y++) {
    for (let x = 0; x < period; x++) if (inked(pattern, x, y, period)) context.fillRect(x, y, 1, 1);
  }
  return canvas;
}

/** Gives an element the look of a block, as a swatch. */
export function dress(element, id, colours, lookOf = look) {
  const { hue, pattern } = lookOf(id);
  element.style.backgroundColor = colours.hues[hue];
  element.style.backgroundImage = pattern ? `url(${tile(pattern, colours.marks[hue], 8).toDataURL()})` : "none";
}

function forcedScheme() {
  const paper = systemColour("Canvas");
  const ink = systemColour("CanvasText");
  const hues = FORCED_SHARES.map((share) => mix(paper, ink, share));
  return {
    paper, ink, muted: ink, moved: ink, halo: paper, freed: paper, freedMark: mix(paper, ink, 0.6), tail: paper,
    edge: ink, done: ink, refused: ink, beyond: paper, beyondMark: ink, hues,
  };
}

function systemColour(name) {
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = name;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return hex([r, g, b]);
}
