// Badges on units: the places of extents in an order, and what was guessed. Always: on a canvas of its own above
// all others; the tag of an extent stands at its first unit, and points the way the extent runs.
import { cellOf } from "./grid.js";
import { marginIn, smallIn } from "./labels.js";
import { cover } from "./outline.js";

/** Narrower cells have no room for a tag. */
const TAGGED = 20;
/** The radius of a tick or a cross, where the cell does not make it larger. */
const RADIUS = 9;

/**
 * @param {HTMLCanvasElement} canvas @param {import("./grid.js").Grid} grid
 * @param {{order: object[], right: object[], wrong: number | null}} badges order: extents in their order; right,
 *   wrong: extents and a unit that were guessed
 * @param {ReturnType<typeof import("./palette.js").palette>} colours @param {number} ratio device pixels to a CSS pixel
 */
export function paintBadges(canvas, grid, { order, right, wrong }, colours, ratio) {
  const tagged = taggedOf(order, grid, ratio);
  canvas.hidden = tagged.length === 0 && right.length === 0 && wrong === null;
  if (canvas.hidden) return;
  const scene = { context: cover(canvas, grid, ratio), grid, colours, ratio };
  tagged.forEach((extent, at) => paintTag(scene, extent, at + 1));
  paintVerdicts(scene, right.map(({ start }) => start), wrong === null ? [] : [wrong]);
}

/** The extents that get a tag. @param {object[]} order extents in their order */
export const taggedOf = (order, grid, ratio) => (order.length > 1 && grid.cell / ratio >= TAGGED ? order : []);

/** Ticks on some units, and crosses on others. @param {{context: CanvasRenderingContext2D, grid: import("./grid.js").Grid,
 *  colours: {halo: string, done: string, refused: string}, ratio: number}} scene @param {number[]} right
 *  @param {number[]} wrong */
export function paintVerdicts(scene, right, wrong) {
  for (const unit of right) paintVerdict(scene, unit, scene.colours.done, [[-0.5, 0.05], [-0.1, 0.45], [0.5, -0.4]]);
  for (const unit of wrong) paintVerdict(scene, unit, scene.colours.refused, [[-0.4, -0.4], [0.4, 0.4]], [[0.4, -0.4], [-0.4, 0.4]]);
}

function paintTag({ context, grid, colours, ratio }, { start, length, step }, number) {
  // Nearer to the edge than the unit's number, so that both have room.
  const [size, margin] = [smallIn(grid, ratio) * 0.92, marginIn(grid, ratio) * 0.55];
  context.font = `700 ${size}px ui-sans-serif, system-ui, sans-serif`;
  const { x, y } = cellOf(grid, start);
  const [tall, pad] = [size * 1.2, size * 0.25];
  const across = context.measureText(number).width + 2 * pad;
  const point = length > 1 ? tall * 0.4 : 0;
  const left = x + margin + (step < 0 ? point : 0);
  const [right, bottom] = [left + across, y + grid.cell - margin];
  const [top, middle] = [bottom - tall, bottom - tall / 2];
  const tip = step < 0 ? [[left, bottom], [left - point, middle], [left, top]] : [[left, bottom], [left, top]];
  const head = step < 0 ? [[right, top], [right, bottom]] : [[right, top], [right + point, middle], [right, bottom]];
  context.beginPath();
  [...tip, ...head].forEach(([across, down], at) => (at === 0 ? context.moveTo(across, down) : context.lineTo(across, down)));
  context.closePath();
  context.strokeStyle = colours.halo;
  context.lineWidth = 2 * ratio;
  context.stroke();
  context.fillStyle = colours.ink;
  context.fill();
  context.fillStyle = colours.halo;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(number, (left + right) / 2, middle + size * 0.06);
}

// Strokes on a disc, around a unit's middle as far as the picture has room.
function paintVerdict({ context, grid, colours, ratio }, unit, colour, ...strokes) {
  const radius = Math.max(RADIUS * ratio, grid.cell * 0.24);
  const { x, y } = cellOf(grid, unit);
  const within = (middle, side) => Math.min(Math.max(middle, radius), Math.max(radius, side - radius));
  const [across, down] = [within(x + grid.cell / 2, grid.width), within(y + grid.tall / 2, grid.height)];
  context.fillStyle = colours.halo;
  context.strokeStyle = colour;
  context.lineWidth = 1.5 * ratio;
  context.beginPath();
  context.arc(across, down, radius - context.lineWidth, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.lineWidth = radius * 0.25;
  context.lineCap = "round";
  context.beginPath();
  for (const stroke of strokes) stroke.forEach(([right, below], at) => context[at === 0 ? "moveTo" : "lineTo"](across + right * radius, down + below * radius));
  context.stroke();
}
