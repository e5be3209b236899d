// Blocks on their way: for a moment, what moved is seen to travel from its old place to its new one. Always: the
// canvases below show the state as it is now; this one covers them while units travel, and goes as soon as they
// have arrived or anything else is drawn.
import { paintBars } from "./bars.js";
import { cellOf } from "./grid.js";
import { paintLabels } from "./labels.js";
import { paintMarks } from "./marks.js";
import { cover } from "./outline.js";
import { isCalm } from "../page/calm.js";

const MILLISECONDS = 350;
/** No eye follows more. */
const MOST_PIECES = 160;

/** @typedef {{grid: import("./grid.js").Grid, snapshot: object, ratio: number,
 *   colours: ReturnType<typeof import("./palette.js").palette>}} Scene what was drawn
 * @typedef {{id: number, from: number, to: number, units: number}} Piece of a block; from, to: its lowest unit, before and
 *   after */

export class Travel {
  #canvas;
  #layers;
  #moved = null;
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas above all that shows the state
   *  @param {HTMLCanvasElement[]} layers those that show where units are, the lowest first */
  constructor(canvas, layers) {
    this.#canvas = canvas;
    this.#layers = layers;
  }

  /** A state was drawn: what travelled to the one before has arrived, and what moved to this one sets out, once.
   *  @param {boolean} wanted @param {import("../manager/moves.js").Moved[]} moved @param {Scene} scene */
  follow(wanted, moved, scene) {
    if (this.#frame) this.#end();
    const known = moved === this.#moved;
    this.#moved = moved;
    if (known || !wanted || moved.length === 0 || isCalm()) return;
    const pieces = piecesOf(moved, scene.grid);
    if (pieces.length <= MOST_PIECES) this.#begin(pieces, ground(pieces, scene, this.#layers), cargo(pieces, scene), scene);
  }

  #begin(pieces, ground, cargo, { grid, ratio }) {
    const context = cover(this.#canvas, grid, ratio);
    const paint = (share) => {
      context.drawImage(ground, 0, 0);
      for (const piece of pieces) paintPiece(context, cargo, piece, share, grid);
    };
    let since;
    const frame = (now) => {
      since ??= now;
      const share = (now - since) / MILLISECONDS;
      if (share >= 1) return this.#end();
      paint(eased(share));
      this.#frame = requestAnimationFrame(frame);
    };
    paint(0);
    this.#canvas.hidden = false;
    this.#frame = requestAnimationFrame(frame);
  }

  #end() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#canvas.hidden = true;
  }
}

/** Slow at both ends. @param {number} share from 0 to 1 */
const eased = (share) => (share < 0.5 ? 4 * share ** 3 : 1 - (2 - 2 * share) ** 3 / 2);

function paintPiece(context, cargo, { from, to, units }, share, grid) {
  const [there, here] = [cellOf(grid, from), cellOf(grid, to)];
  const [width, height] = [units * grid.cell, grid.tall];
  const [x, y] = ["x", "y"].map((axis) => there[axis] + (here[axis] - there[axis]) * share);
  context.drawImage(cargo, here.x, here.y, width, height, x, y, width, height);
}

/**
 * What moved, in pieces that are one rectangle before and after.
 * @param {import("../manager/moves.js").Moved[]} moved @param {import("./grid.js").Grid} grid
 * @returns {Piece[]} one more than can be followed, if there are so many
 */
function piecesOf(moved, grid) {
  const pieces = [];
  for (const { id, start, length, step, from } of moved) {
    for (let at = 0; at < length && pieces.length <= MOST_PIECES;) {
      const [then, now] = [from.start + at * from.step, start + at * step];
      // What lay the other way round turns unit by unit.
      const units = step === from.step ? Math.min(length - at, inRow(grid, then, step), inRow(grid, now, step)) : 1;
      const lowest = (unit) => (step > 0 ? unit : unit - (units - 1));
      pieces.push({ id, from: lowest(then), to: lowest(now), units });
      at += units;
    }
  }
  return pieces;
}

/** How many units there are from one to the end of its row. */
const inRow = ({ columns }, unit, step) => (step > 0 ? columns - (unit % columns) : (unit % columns) + 1);

/** The picture without what travels: its places are empty as yet. */
function ground(pieces, { grid, snapshot, colours, ratio }, layers) {
  const canvas = document.createElement("canvas");
  const context = cover(canvas, grid, ratio);
  const lay = (layer) => layer.hidden || context.drawImage(layer, 0, 0);
  layers.forEach(lay);
  context.fillStyle = colours.paper;
  for (const { to, units } of pieces) {
    const { x, y } = cellOf(grid, to);
    context.fillRect(x, y, units * grid.cell, grid.tall);
  }
  const freeExtents = pieces.map(({ to, units }) => ({ start: to, length: units }));
  const empty = { blocks: [], freeExtents, nextAllocIndex: grid.capacity, contents: [] };
  paintBars(context, grid, empty, [], colours, ratio);
  const above = document.createElement("canvas");
  paintLabels(above, grid, empty, [], colours, ratio);
  lay(above);
  paintMarks(above, grid, { moved: [], touched: [], blocks: snapshot.blocks }, colours, ratio);
  lay(above);
  return canvas;
}

/** What travels, each unit where it will arrive. Numbers of units do not travel: they are those of places. */
function cargo(pieces, { grid, snapshot, colours, ratio }) {
  const canvas = document.createElement("canvas");
  const context = cover(canvas, grid, ratio);
  const blocks = pieces.map(({ id, to, units }) => ({ id, extents: [{ start: to, length: units, step: 1 }] }));
  const carried = { blocks, freeExtents: [], nextAllocIndex: grid.capacity, contents: contentsOf(pieces, snapshot) };
  paintBars(context, grid, carried, [], colours, ratio);
  const labels = document.createElement("canvas");
  paintLabels(labels, grid, carried, [], colours, ratio, undefined, false);
  if (!labels.hidden) context.drawImage(labels, 0, 0);
  return canvas;
}

/** The values of the units that travel. */
function contentsOf(pieces, { contents }) {
  const carried = contents.map(() => null);
  for (const { to, units } of contents.length > 0 ? pieces : []) {
    for (let unit = to; unit < to + units; unit++) carried[unit] = contents[unit];
  }
  return carried;
}
