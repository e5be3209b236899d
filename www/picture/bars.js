// The picture with cells large enough for shapes: each extent is a bar, broken only where a row ends; where cells are
// so small that rows could not be told from extents, it is one shape.
// Always: what is drawn comes from the snapshot's extents; sizes are in device pixels.
import { cellOf, eachRow } from "./grid.js";
import { trace } from "./outline.js";
import { look, tile } from "./palette.js";
import { bounds } from "./units.js";

/** Narrower cells have no room for lines between units. */
const LINED = 13;
/** With narrower cells an extent is one shape. */
const BROKEN = 24;

/**
 * @param {CanvasRenderingContext2D} context @param {import("./grid.js").Grid} grid
 * @param {object} snapshot @param {import("./units.js").Place[]} beyond handed out beyond what was asked for
 * @param {ReturnType<typeof import("./palette.js").palette>} colours
 * @param {number} ratio device pixels to a CSS pixel @param {typeof look} [lookOf] how a block looks
 */
export function paintBars(context, grid, snapshot, beyond, colours, ratio, lookOf = look) {
  const add = grid.cell / ratio < BROKEN ? trace : addBar;
  const scene = { context, grid, colours, ratio, add, inset: Math.max(0.5, Math.round(grid.cell * 0.05)) };
  for (const free of snapshot.freeExtents) paintFree(scene, free, snapshot.nextAllocIndex);
  paintBeyond(scene, beyond);
  for (const [key, extents] of byLook(snapshot.blocks, lookOf)) paintLook(scene, key, extents);
  if (grid.cell / ratio >= LINED) paintLines(scene, snapshot);
}

// Blocks of one look share a path: thousands of blocks cost a few dozen fills.
function byLook(blocks, lookOf) {
  const groups = new Map();
  for (const block of blocks) {
    const { hue, pattern } = lookOf(block.id);
    const key = pattern * 100 + hue;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(...block.extents);
  }
  return groups;
}

function paintLook({ context, grid, colours, ratio, add, inset }, key, extents) {
  const [hue, pattern] = [key % 100, Math.floor(key / 100)];
  const path = new Path2D();
  for (const extent of extents) add(path, grid, ...bounds(extent), inset);
  context.fillStyle = colours.hues[hue];
  context.fill(path);
  if (pattern) {
    context.globalAlpha = 0.55;
    context.fillStyle = context.createPattern(tile(pattern, colours.marks[hue], Math.round(8 * ratio)), "repeat");
    context.fill(path);
    context.globalAlpha = 1;
  }
  context.strokeStyle = colours.marks[hue];
  context.lineWidth = Math.min(ratio, inset * 2);
  context.stroke(path);
}

function paintFree({ context, grid, colours, ratio, add, inset }, { start, length }, tail) {
  const end = start + length;
  const border = Math.min(end, Math.max(start, tail));
  const outline = (shape) => {
    context.strokeStyle = colours.edge;
    context.lineWidth = Math.min(ratio, inset * 2);
    context.stroke(shape);
  };
  if (border < end) {
    const path = new Path2D();
    add(path, grid, border, end - 1, inset);
    context.fillStyle = colours.tail;
    context.fill(path);
    outline(path);
  }
  if (start < border) {
    const freed = new Path2D();
    add(freed, grid, start, border - 1, inset);
    context.fillStyle = colours.freed;
    context.fill(freed);
    context.fillStyle = context.createPattern(tile(5, colours.freedMark, Math.round(8 * ratio)), "repeat");
    context.globalAlpha = 0.35;
    context.fill(freed);
    context.globalAlpha = 1;
    outline(freed);
  }
}

function paintBeyond({ context, grid, colours, ratio, add, inset }, beyond) {
  const path = new Path2D();
  for (const { low, high } of beyond) add(path, grid, low, high, inset);
  context.fillStyle = colours.beyond;
  context.fill(path);
  context.fillStyle = context.createPattern(tile(1, colours.beyondMark, Math.round(8 * ratio)), "repeat");
  context.globalAlpha = 0.45;
  context.fill(path);
  context.globalAlpha = 1;
  context.strokeStyle = colours.beyondMark;
  context.lineWidth = Math.min(ratio, inset * 2);
  context.stroke(path);
}

function addBar(path, grid, low, high, inset) {
  const firstRow = Math.floor(low / grid.columns);
  const lastRow = Math.floor(high / grid.columns);
  const round = Math.min(grid.cell * 0.18, 10);
  eachRow(grid, low, high, (row, from, to) => {
    const left = row === firstRow ? round : 0;
    const right = row === lastRow ? round : 0;
    const x = from * grid.cell + inset;
    const width = (to - from + 1) * grid.cell - 2 * inset;
    path.roundRect(x, row * grid.cell + inset, width, grid.cell - 2 * inset, [left, right, right, left]);
  });
}

// Thin lines between the units of one extent.
function paintLines({ context, grid, colours, ratio, inset }, snapshot) {
  const path = new Path2D();
  const draw = (low, high) => {
    for (let unit = low + 1; unit <= high; unit++) {
      const { x, y } = cellOf(grid, unit);
      if (x === 0) continue;
      path.moveTo(x, y + grid.cell * 0.25 + inset);
      path.lineTo(x, y + grid.cell * 0.75 - inset);
    }
  };
  for (const block of snapshot.blocks) for (const extent of block.extents) draw(...bounds(extent));
  for (const free of snapshot.freeExtents) draw(free.start, free.start + free.length - 1);
  context.globalAlpha = 0.28;
  context.strokeStyle = colours.muted;
  context.lineWidth = ratio;
  context.stroke(path);
  context.globalAlpha = 1;
}
