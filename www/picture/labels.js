// What is written into the cells: the blocks' IDs, the units' numbers and values. Always: it lies above all
// outlines, which keep to the edge of the cells, so that no line runs through it; where there is no room for all, the
// units' numbers are left out first, since their neighbours' tell them; sizes are in device pixels.
import { cellOf } from "./grid.js";
import { cover } from "./outline.js";
import { bounds } from "./units.js";
import { shortValue } from "../page/values.js";

/** Narrower cells have no room for a value, for the block's ID, nor for the unit's number. */
const [VALUED, NAMED, NUMBERED] = [16, 28, 32];
/** In narrower cells a value is small, and has no room for the unit's number below it, nor has a badge beside it. */
const ROOMY = 52;
/** A name that would be squeezed to less of its width is left out. */
const SQUEEZED = 0.7;
const NONE = new Set();
const SANS = "ui-sans-serif, system-ui, sans-serif";
const MONO = 'ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

/**
 * @param {HTMLCanvasElement} canvas @param {import("./grid.js").Grid} grid @param {object} snapshot
 * @param {import("./units.js").Place[]} beyond handed out beyond what was asked for
 * @param {ReturnType<typeof import("./palette.js").palette>} colours @param {number} ratio device pixels to a CSS pixel
 * @param {Set<number>} [badged] units that have a badge where their number would be
 * @param {boolean} [numbered] false: without the units' numbers
 */
export function paintLabels(canvas, grid, snapshot, beyond, colours, ratio, badged = NONE, numbered = true) {
  const size = grid.cell / ratio;
  canvas.hidden = size < VALUED;
  if (canvas.hidden) return;
  const scene = { context: cover(canvas, grid, ratio), grid, colours, ratio };
  if (size >= NAMED) paintNames(scene, snapshot);
  const isFull = (unit) => size < ROOMY && (badged.has(unit) || (snapshot.contents[unit] ?? null) !== null);
  if (numbered && size >= NUMBERED) paintNumbers(scene, snapshot, beyond, isFull);
  paintValues(scene, snapshot);
}

/** Between the edge of a cell and what is written in it. */
export function marginIn(grid, ratio) {
  return Math.max(grid.cell * 0.08, Math.min(6 * ratio, grid.cell * 0.14));
}

/** The size of small letters: it grows with the cells, so that it can be read from afar. */
export function smallIn(grid, ratio) {
  return Math.round(Math.max(grid.cell * 0.2, Math.min(11 * ratio, grid.cell * 0.25)));
}

// The block's ID at the head of each extent.
function paintNames({ context, grid, colours, ratio }, snapshot) {
  const margin = marginIn(grid, ratio);
  context.font = `600 ${smallIn(grid, ratio)}px ${SANS}`;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillStyle = colours.ink;
  for (const block of snapshot.blocks) {
    for (const extent of block.extents) {
      const [low, high] = bounds(extent);
      const { x, y } = cellOf(grid, low);
      const room = Math.min(high - low + 1, grid.columns - (low % grid.columns)) * grid.cell - 2 * margin;
      const name = `#${block.id}`;
      if (context.measureText(name).width * SQUEEZED <= room) context.fillText(name, x + margin, y + margin * 0.8, room);
    }
  }
}

function paintNumbers({ context, grid, colours, ratio }, snapshot, beyond, isFull) {
  const inner = grid.cell - marginIn(grid, ratio);
  context.font = `${smallIn(grid, ratio)}px ${SANS}`;
  context.textAlign = "right";
  context.textBaseline = "alphabetic";
  context.fillStyle = colours.ink;
  // Dots end where a number begins.
  context.lineWidth = 3 * ratio;
  context.strokeStyle = colours.freed;
  const draw = (low, high, dotted = false) => {
    for (let unit = low; unit <= high; unit++) {
      if (isFull(unit)) continue;
      const { x, y } = cellOf(grid, unit);
      if (dotted) context.strokeText(unit, x + inner, y + inner);
      context.fillText(unit, x + inner, y + inner);
    }
  };
  for (const block of snapshot.blocks) for (const extent of block.extents) draw(...bounds(extent));
  context.fillStyle = colours.muted;
  for (const { low, high } of beyond) draw(low, high);
  for (const { start, length } of snapshot.freeExtents) {
    const border = Math.min(start + length, Math.max(start, snapshot.nextAllocIndex));
    draw(start, border - 1, true);
    draw(border, start + length - 1);
  }
}

function paintValues({ context, grid, colours, ratio }, snapshot) {
  const { share, middle } = valueIn(grid.cell / ratio);
  context.font = `600 ${Math.round(grid.cell * share)}px ${MONO}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colours.ink;
  snapshot.contents.forEach((value, unit) => {
    if (value === null) return;
    const { x, y } = cellOf(grid, unit);
    context.fillText(shortValue(value), x + grid.cell / 2, y + grid.cell * middle, grid.cell * 0.8);
  });
}

/** How large a value is and where its middle lies, as shares of the cell. */
function valueIn(size) {
  if (size < NAMED) return { share: 0.6, middle: 0.58 };
  if (size < NUMBERED) return { share: 0.42, middle: 0.58 };
  return size < ROOMY ? { share: 0.33, middle: 0.54 } : { share: 0.4, middle: 0.52 };
}
