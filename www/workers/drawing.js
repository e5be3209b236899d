// The buffer while workers use it. Always: what is drawn is one moment, as the snapshot has it; a block has the
// colour and the pattern of the worker that allocated it.
import { paintBars } from "../picture/bars.js";
import { layOut } from "../picture/grid.js";
import { lookOfKind } from "../picture/palette.js";
import { paintRaster } from "../picture/raster.js";
import { Units } from "../picture/units.js";

const LARGEST_CELL = 60;
const SMALLEST_BAR = 6;
const HEIGHT = 240;
/** An ID ends in the part of the buffer that the block was allocated in: the page's, 0, or a worker's. */
const PARTS = 16;

const partOf = (id) => lookOfKind(id % PARTS);

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
  if (grid.cell / ratio >= SMALLEST_BAR) return paintBars(context, grid, snapshot, beyond, colours, ratio, partOf);
  const image = paintRaster(grid, snapshot, beyond, colours.raster, partOf);
  const scratch = new OffscreenCanvas(image.width, image.height);
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, grid.width, grid.height);
}
