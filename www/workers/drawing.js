// The buffer while workers use it. Always: what is drawn is one moment, as the snapshot has it; a block has the
// colour and the pattern of the worker that allocated it, or those of all together.
import { layOutIn, paintUnits } from "../picture/painting.js";
import { lookOfKind } from "../picture/palette.js";
import { Units } from "../picture/units.js";

/** In pixels of the page. */
const HEIGHT = 240;
/** The package promises that an ID tells the part that the block was allocated in: the page's, in which all allocate
 *  while it defragments, or a worker's. */
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
  const grid = layOutIn(snapshot.capacity, canvas.parentElement, HEIGHT, ratio);
  paintUnits(canvas, grid, snapshot, new Units(snapshot).beyond, colours, ratio, lookOf);
}
