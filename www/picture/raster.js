// The picture for small cells: one pixel a unit, or one for several. Always: every unit is painted from
// its extent; a free unit below the tail is dotted, one
// beyond what was asked for is hatched, a block is textured and begins with a darker pixel.
import { inked, look } from "./palette.js";
import { bounds } from "./units.js";

const PERIOD = 4;
let units = new Uint32Array(0);

/**
 * @param {import("./grid.js").Grid} grid @param {object} snapshot
 * @param {import("./units.js").Place[]} beyond handed out beyond what was asked for
 * @param {ReturnType<typeof import("./palette.js").palette>["raster"]} colours
 * @param {typeof look} [lookOf] how a block looks
 * @returns {ImageData} a pixel for each cell
 */
export function paintRaster(grid, snapshot, beyond, colours, lookOf = look) {
  const room = grid.columns * grid.rows;
  if (units.length !== room) units = new Uint32Array(room);
  units.fill(colours.paper, grid.capacity);
  for (const free of snapshot.freeExtents) paintFree(units, grid, free, snapshot.nextAllocIndex, colours);
  for (const { low, high } of beyond) texture(units, grid, low, high, 1, colours.beyond, colours.beyondMark);
  for (const block of snapshot.blocks) paintBlock(units, grid, block, colours, lookOf);
  const image = new ImageData(grid.columns / grid.shared, grid.rows);
  const pixels = new Uint32Array(image.data.buffer);
  if (grid.shared === 1) pixels.set(units);
  else share(pixels, grid.shared);
  return image;
}

// A pixel that several units share has the mean of their colours.
function share(pixels, shared) {
  for (let at = 0; at < pixels.length; at++) {
    let [red, green, blue] = [0, 0, 0];
    for (let unit = at * shared; unit < (at + 1) * shared; unit++) {
      red += units[unit] & 255;
      green += (units[unit] >> 8) & 255;
      blue += (units[unit] >> 16) & 255;
    }
    pixels[at] = (255 << 24) | ((blue / shared) << 16) | ((green / shared) << 8) | (red / shared);
  }
}

function paintFree(pixels, grid, { start, length }, tail, colours) {
  const end = start + length;
  const border = Math.min(end, Math.max(start, tail));
  texture(pixels, grid, start, border - 1, 5, colours.freed, colours.freedMark);
  pixels.fill(colours.tail, border, end);
}

function paintBlock(pixels, grid, block, colours, lookOf) {
  const { hue, pattern } = lookOf(block.id);
  for (const extent of block.extents) {
    const [low, high] = bounds(extent);
    texture(pixels, grid, low, high, pattern, colours.hues[hue], colours.marks[hue]);
    // Without it two blocks of like colour and pattern that touch would look like one.
    if (extent.length > 2 * grid.shared) pixels.fill(colours.edges[hue], low, low + grid.shared);
  }
}

// Patterns go by what will be one pixel on the screen, so that they show where units share pixels too.
function texture(pixels, { columns, shared }, low, high, pattern, plain, mark) {
  pixels.fill(plain, low, high + 1);
  if (pattern === 0) return;
  let x = low % columns;
  let y = (low - x) / columns;
  for (let unit = low; unit <= high; unit++) {
    if (inked(pattern, (x / shared) | 0, y, PERIOD)) pixels[unit] = mark;
    if (++x === columns) {
      x = 0;
      y++;
    }
  }
}
