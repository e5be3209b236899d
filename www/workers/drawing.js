// The buffer while workers use it. Always: what is drawn is one moment, as the snapshot has it; a block has the
// colour and the pattern of the worker that allocated it, or those of all together.
import { paintBars } from "../picture/bars.js";
import { layOut } from "../picture/grid.js";
import { lookOfKind } from "../picture/palette.js";
import { paintRaster } from "../picture/raster.js";
import { Units } from "../picture/units.js";

const LARGEST_CELL = 60;
const SMALLEST_BAR = 6;
const HEIGHT = 240;
/** An ID ends in the part of the buffer that the block was allocated in: the page's, in which all allocate while it
 *  defragments, or a worker's. */
const PARTS = 16;
/** The page's part. */
export const TOGETHER = 0;

const partOf = (id) => id % PARTS;
const lookOf = (id) => lookOfKind(partOf(id));

/** Whether blocks are shown that are no single worker's. @param {object} snapshot */
export const hasTogether = ({ blocks }) => blocks.some(({ id }) => partOf(id) === TOGETHER);

/** @param {HTMLCanvasElement} canvas @param {object} snapshot @param {object} colours of picture/palette.js */
export function draw(canvas, snapshot, colours) {
  const ratio = devicePixelRatio || 1;
  const room = [canvas.parentElement.clientWidth - 6, HEIGHT].map((side) => Math.max(1, Math.floor(side * ratio)));
  const [largest, square] = [LARGEST_CELL, SMALLEST_BAR].map((side) => Math.round(side * ratio));
  const grid = layOut(snapshot.capacity, ...room, largest, square);
  if (canvas.width !== grid.width) canvas.width = grid.width;
  if (canvas.height !== grid.height) canvas.height = grid.height;
  canvas.style.width = `${grid.width / ratio}px`;
  const context = canvas.getContext("2d");
  const { beyond } = new Units(snapshot);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, grid.width, grid.height);
  if (grid.cell / ratio >= SMALLEST_BAR) return paintBars(context, grid, snapshot, beyond, colours, ratio, lookOf);
  const image = paintRaster(grid, snapshot, beyond, colours.raster, lookOf);
  const scratch = new OffscreenCanvas(image.width, image.height);
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, grid.width, grid.height);
}
