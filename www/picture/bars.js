// The picture with cells large enough for shapes: each extent is a bar, broken only where a row ends.
// Always: what is drawn comes from the snapshot's extents and contents; sizes are in device pixels.
import { cellOf, eachRow } from "./grid.js";
import { look, tile } from "./palette.js";
import { bounds } from "./units.js";
import { shortValue } from "../page/values.js";

/** Narrower cells have no room for the block's ID, nor for the unit's number. */
const [NAMED, NUMBERED] = [28, 32];
/** In narrower cells a value is small, so that name, value and number stand one below the other. */
const ROOMY = 44;

/**
 * @param {CanvasRenderingContext2D} context @param {import("./grid.js").Grid} grid
 * @param {object} snapshot @param {import("./units.js").Place[]} beyond handed out beyond what was asked for
 * @param {ReturnType<typeof import("./palette.js").palette>} colours
 * @param {number} ratio device pixels to a CSS pixel
 */
export function paintBars(context, grid, snapshot, beyond, colours, ratio) {
  const scene = { context, grid, colours, ratio, inset: Math.max(0.5, Math.round(grid.cell * 0.05)) };
  for (const free of snapshot.freeExtents) paintFree(scene, free, snapshot.nextAllocIndex);
  paintBeyond(scene, beyond);
  for (const [key, extents] of byLook(snapshot.blocks)) paintLook(scene, key, extents);
  const size = grid.cell / ratio;
  if (size >= 13) paintLines(scene, snapshot);
  if (size >= NAMED) paintNames(scene, snapshot);
  if (size >= NUMBERED) paintAddresses(scene, snapshot, beyond);
  if (size >= 16) paintValues(scene, snapshot);
}

// Blocks of one look share a path: thousands of blocks cost a few dozen fills.
function byLook(blocks) {
  const groups = new Map();
  for (const block of blocks) {
    const { hue, pattern } = look(block.id);
    const key = pattern * 100 + hue;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(...block.extents);
  }
  return groups;
}

function paintLook({ context, grid, colours, ratio, inset }, key, extents) {
  const [hue, pattern] = [key % 100, Math.floor(key / 100)];
  const path = new Path2D();
  for (const extent of extents) addBar(path, grid, ...bounds(extent), inset);
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

function paintFree({ context, grid, colours, ratio, inset }, { start, length }, tail) {
  const end = start + length;
  const border = Math.min(end, Math.max(start, tail));
  const path = new Path2D();
  if (border < end) {
    addBar(path, grid, border, end - 1, inset);
    context.fillStyle = colours.tail;
    context.fill(path);
  }
  if (start < border) {
    const freed = new Path2D();
    addBar(freed, grid, start, border - 1, inset);
    context.fillStyle = colours.freed;
    context.fill(freed);
    context.fillStyle = context.createPattern(tile(5, colours.freedMark, Math.round(8 * ratio)), "repeat");
    context.globalAlpha = 0.35;
    context.fill(freed);
    context.globalAlpha = 1;
  }
}

function paintBeyond({ context, grid, colours, ratio, inset }, beyond) {
  const path = new Path2D();
  for (const { low, high } of beyond) addBar(path, grid, low, high, inset);
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

// The block's ID at the head of each extent.
function paintNames({ context, grid, colours, ratio }, snapshot) {
  const size = Math.round(Math.min(11 * ratio, grid.cell * 0.24));
  context.font = `600 ${size}px ui-sans-serif, system-ui, sans-serif`;
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillStyle = colours.ink;
  for (const block of snapshot.blocks) {
    for (const extent of block.extents) {
      const [low, high] = bounds(extent);
      const { x, y } = cellOf(grid, low);
      const margin = Math.min(5 * ratio, grid.cell * 0.08);
      const room = Math.min(high - low + 1, grid.columns - (low % grid.columns)) * grid.cell - 2 * margin;
      context.fillText(`#${block.id}`, x + margin, y + margin, room);
    }
  }
}

function paintAddresses({ context, grid, colours, ratio }, snapshot, beyond) {
  context.font = `${Math.round(Math.min(11 * ratio, grid.cell * 0.25))}px ui-sans-serif, system-ui, sans-serif`;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillStyle = colours.ink;
  const draw = (low, high) => {
    for (let unit = low; unit <= high; unit++) {
      const { x, y } = cellOf(grid, unit);
      context.fillText(unit, x + grid.cell * 0.9, y + grid.cell * 0.92);
    }
  };
  for (const block of snapshot.blocks) for (const extent of block.extents) draw(...bounds(extent));
  context.fillStyle = colours.muted;
  for (const free of snapshot.freeExtents) draw(free.start, free.start + free.length - 1);
  for (const { low, high } of beyond) draw(low, high);
}

function paintValues({ context, grid, colours, ratio }, snapshot) {
  const { share, middle } = valueIn(grid.cell / ratio);
  const size = Math.round(grid.cell * share);
  context.font = `600 ${size}px ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace`;
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
  return size < ROOMY ? { share: 0.36, middle: 0.52 } : { share: 0.42, middle: 0.52 };
}
