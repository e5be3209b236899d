// Outlines of units, on canvases of their own above the picture: those that a request would take, and those that are
// pointed at elsewhere on the page. Always: they lie exactly over the picture's cells, and never take the pointer.
import { cellOf } from "./grid.js";
import { bounds } from "./units.js";

/** More could not be told apart. */
const MOST_EXTENTS = 4096;

/**
 * @param {HTMLCanvasElement} canvas @param {import("./grid.js").Grid} grid @param {object[]} extents
 * @param {string} colour @param {number} ratio device pixels to a CSS pixel
 */
export function paintOutline(canvas, grid, extents, colour, ratio) {
  canvas.hidden = extents.length === 0;
  if (canvas.hidden) return;
  const context = cover(canvas, grid, ratio);
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * ratio;
  context.setLineDash(grid.cell / ratio >= 12 ? [5 * ratio, 3 * ratio] : []);
  // Outside of what is written in the cells.
  strokeExtents(context, grid, extents, Math.min(4 * ratio, grid.cell / 11));
}

/** @param {HTMLCanvasElement} canvas @param {import("./grid.js").Grid} grid @param {object[]} extents
 *  @param {{halo: string, done: string}} colours @param {number} ratio device pixels to a CSS pixel */
export function paintPointed(canvas, grid, extents, colours, ratio) {
  canvas.hidden = extents.length === 0;
  if (canvas.hidden) return;
  const context = cover(canvas, grid, ratio);
  strokeOnHalo(context, colours.halo, colours.done, 3 * ratio, () => strokeExtents(context, grid, extents, Math.min(3 * ratio, grid.cell / 6)));
}

/** Strokes a line on one twice as wide, which sets it off from whatever lies below.
 *  @param {number} width of the upper one @param {() => void} stroke in the context's style */
export function strokeOnHalo(context, halo, colour, width, stroke) {
  for (const [strokeStyle, lineWidth] of [[halo, 2 * width], [colour, width]]) {
    Object.assign(context, { strokeStyle, lineWidth });
    stroke();
  }
}

/** Lays an empty canvas over the picture. @returns {CanvasRenderingContext2D} */
export function cover(canvas, grid, ratio) {
  // Setting the size also wipes what was drawn before.
  canvas.width = grid.width;
  canvas.height = grid.height;
  canvas.style.width = `${grid.width / ratio}px`;
  canvas.style.height = `${grid.height / ratio}px`;
  return canvas.getContext("2d");
}

/** Strokes around extents, so far inside of their cells, in the context's style. */
export function strokeExtents(context, grid, extents, inset) {
  context.beginPath();
  for (const extent of extents.slice(0, MOST_EXTENTS)) trace(context, grid, ...bounds(extent), inset);
  context.stroke();
}

/** Adds the outline of units to a path: where they fill several rows, one shape around all of them.
 *  @param {CanvasPath} path */
export function trace(path, grid, low, high, inset) {
  const first = cellOf(grid, low);
  const last = cellOf(grid, high);
  const [left, right] = [inset, grid.width - inset];
  const [from, to] = [first.x + inset, last.x + grid.cell - inset];
  const [top, bottom] = [first.y + inset, last.y + grid.tall - inset];
  const rows = (last.y - first.y) / grid.tall;
  if (rows === 0) {
    path.rect(from, top, to - from, bottom - top);
  } else if (rows === 1 && to <= from) {
    path.rect(from, top, right - from, grid.tall - 2 * inset);
    path.rect(left, last.y + inset, to - left, grid.tall - 2 * inset);
  } else {
    // One shape: the first row may begin late, the last one may end early.
    const corners = [[from, top], [right, top], [right, last.y - inset], [to, last.y - inset],
      [to, bottom], [left, bottom], [left, first.y + grid.tall + inset], [from, first.y + grid.tall + inset]];
    corners.forEach(([x, y], at) => (at === 0 ? path.moveTo(x, y) : path.lineTo(x, y)));
    path.closePath();
  }
}
