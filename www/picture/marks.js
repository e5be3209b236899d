// What is marked above the picture: units that moved just now, what the last operation touched, and pinned
// blocks. Always: marks lie over the picture's cells on a canvas of their own, stand still, and never take the pointer.
import { cellOf } from "./grid.js";
import { cover, strokeExtents, strokeOnHalo } from "./outline.js";
import { bounds } from "./units.js";

/** Narrower cells are not seen by themselves: there a ring is larger than what was touched. */
const CELL_SEEN = 9;
/** The least side of such a ring: the cursor has room in it. */
const RING = 15;
/** Narrower cells have no room for a pin: there a line around the block stands for it. */
const CELL_FOR_PIN = 13;

/** More could not be told apart. */
const MOST_RINGS = 100;

/**
 * @param {HTMLCanvasElement} canvas @param {import("./grid.js").Grid} grid
 * @param {{moved: object[], touched: object[], blocks: object[]}} marked moved, touched: extents; blocks: the snapshot's
 * @param {ReturnType<typeof import("./palette.js").palette>} colours @param {number} ratio device pixels to a CSS pixel
 */
export function paintMarks(canvas, grid, { moved, touched, blocks }, colours, ratio) {
  const pinned = blocks.filter((block) => block.pinned).flatMap(({ extents }) => extents);
  canvas.hidden = moved.length === 0 && pinned.length === 0 && touched.length === 0;
  if (canvas.hidden) return;
  const context = cover(canvas, grid, ratio);
  const size = grid.cell / ratio;
  outlineMoved(context, grid, framesOf(moved, blocks), colours, ratio);
  ringTouched(context, grid, touched, colours, ratio);
  context.strokeStyle = context.fillStyle = colours.ink;
  if (size >= CELL_FOR_PIN) paintPins(context, grid, pinned, ratio);
  else outlinePinned(context, grid, pinned, ratio);
}

/** One frame for each extent in which units moved, in however many pieces they came: from the first that moved to the
 *  last. @param {import("../manager/moves.js").Moved[]} moved in block order @param {object[]} blocks where they lie now */
export function framesOf(moved, blocks) {
  const extentsOf = new Map(blocks.map(({ id, extents }) => [id, extents]));
  const frames = [];
  let home = null;
  for (const { id, start, length, step } of moved) {
    if (home && holds(home, start)) {
      const frame = frames.at(-1);
      frame.length = (start - frame.start) * step + length;
    } else {
      home = extentsOf.get(id)?.find((extent) => holds(extent, start));
      frames.push({ start, length, step });
    }
  }
  return frames;
}

function holds(extent, unit) {
  const [low, high] = bounds(extent);
  return low <= unit && unit <= high;
}

// On the edge of bars. Around small cells the line also lies on free units, of any shade: a light one under it
// sets it off.
function outlineMoved(context, grid, moved, colours, ratio) {
  if (grid.cell / ratio < CELL_FOR_PIN) {
    strokeOnHalo(context, colours.halo, colours.moved, 2 * ratio, () => strokeExtents(context, grid, moved, grid.cell / 5));
    return;
  }
  context.strokeStyle = colours.moved;
  context.lineWidth = Math.min(2.5 * ratio, grid.cell * 0.05);
  strokeExtents(context, grid, moved, grid.cell * 0.07);
}

/** Rings around extents: at the very edge of the cells, so that nothing written in them is covered.
 *  @param {{halo: string, ink: string}} colours */
export function ringTouched(context, grid, touched, colours, ratio) {
  if (grid.cell / ratio < CELL_SEEN) {
    for (const extent of touched.slice(0, MOST_RINGS)) paintRing(context, grid, extent, colours, ratio);
    return;
  }
  strokeOnHalo(context, colours.halo, colours.ink, 2 * ratio, () => strokeExtents(context, grid, touched, Math.min(2 * ratio, grid.cell / 6)));
}

function paintRing(context, grid, extent, colours, ratio) {
  const [low, high] = bounds(extent);
  const first = cellOf(grid, low);
  const last = cellOf(grid, high);
  const left = first.y === last.y ? first.x : 0;
  const right = first.y === last.y ? last.x + grid.cell : grid.width;
  const [across, down] = [right - left, last.y + grid.tall - first.y].map((side) => Math.max(side, RING * ratio));
  const x = Math.min(Math.max((left + right - across) / 2, 0), grid.width - across);
  const y = Math.min(Math.max((first.y + last.y + grid.tall - down) / 2, 0), grid.height - down);
  strokeOnHalo(context, colours.halo, colours.ink, 2 * ratio, () => context.strokeRect(x + 2 * ratio, y + 2 * ratio, across - 4 * ratio, down - 4 * ratio));
}

function outlinePinned(context, grid, pinned, ratio) {
  context.lineWidth = 1.5 * ratio;
  strokeExtents(context, grid, pinned, 0);
}

// A head and a needle at the upper right of the extent's lowest unit.
function paintPins(context, grid, pinned, ratio) {
  const radius = Math.max(grid.cell * 0.08, Math.min(grid.cell * 0.12, 5 * ratio));
  context.lineWidth = Math.max(1, radius * 0.45);
  for (const extent of pinned) {
    const { x, y } = cellOf(grid, bounds(extent)[0]);
    const [across, down] = [x + grid.cell - radius * 2.2, y + radius * 2.2];
    context.beginPath();
    context.arc(across, down, radius, 0, 2 * Math.PI);
    context.fill();
    context.beginPath();
    context.moveTo(across, down);
    context.lineTo(across - radius * 1.7, down + radius * 2);
    context.stroke();
  }
}
