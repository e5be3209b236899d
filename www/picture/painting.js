// The units of a buffer painted onto a canvas. Always: cells that have room for shapes show bars, smaller ones are
// enlarged pixels; the canvas is as large as its grid; sizes are in device pixels.
import { paintBars } from "./bars.js";
import { layOut } from "./grid.js";
import { paintRaster } from "./raster.js";

/** The widest cell, and the narrowest that has room for shapes, in pixels of the page. */
const [LARGEST, SHAPED] = [60, 6];
/** Where an image lies before it is enlarged; all canvases take turns. */
const scratch = new OffscreenCanvas(1, 1);

/**
 * Where the units of a buffer lie in a frame.
 * @param {number} capacity @param {HTMLElement} frame @param {number} height that it may have, in pixels of the page
 * @param {number} ratio device pixels to a pixel of the page
 * @param {number} [fewest] in wide frames cells may grow until so many stand in a row
 * @returns {import("./grid.js").Grid}
 */
export function layOutIn(capacity, frame, height, ratio, fewest = Infinity) {
  const { paddingLeft, paddingRight } = getComputedStyle(frame);
  // Without the padding: a wider canvas would be squeezed, and no longer lie under its marks.
  const room = frame.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  const [across, down] = [room, height].map((side) => Math.max(1, Math.floor(side * ratio)));
  const [usual, square] = [LARGEST, SHAPED].map((side) => Math.round(side * ratio));
  return layOut(capacity, across, down, Math.max(usual, Math.floor(across / fewest)), square);
}

/** Whether cells have room for shapes. @param {import("./grid.js").Grid} grid */
export const hasShapes = ({ cell }, ratio) => cell / ratio >= SHAPED;

/**
 * @param {HTMLCanvasElement} canvas @param {import("./grid.js").Grid} grid
 * @param {object} snapshot @param {import("./units.js").Place[]} beyond handed out beyond what was asked for
 * @param {ReturnType<typeof import("./palette.js").palette>} colours @param {number} ratio
 * @param {typeof import("./palette.js").look} [lookOf] how a block looks
 */
export function paintUnits(canvas, grid, snapshot, beyond, colours, ratio, lookOf) {
  const { width, height } = grid;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.style.width = `${width / ratio}px`;
  canvas.style.height = `${height / ratio}px`;
  const context = canvas.getContext("2d");
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, width, height);
  if (hasShapes(grid, ratio)) paintBars(context, grid, snapshot, beyond, colours, ratio, lookOf);
  else enlarge(context, paintRaster(grid, snapshot, beyond, colours.raster, lookOf), width, height);
}

/** Paints an image so large, with sharp edges between its pixels. @param {ImageData} image */
export function enlarge(context, image, width, height) {
  if (scratch.width < image.width) scratch.width = image.width;
  if (scratch.height < image.height) scratch.height = image.height;
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, image.width, image.height, 0, 0, width, height);
}
