// How the bytes of a recording become units of a buffer that can be drawn. Always: a request is
// rounded up to whole units and takes at least one, so the buffer is sized by rounded requests.
import { FREE, NOTHING } from "./replay.js";

/** More would be slow to draw while a recording plays; the laboratory's pictures are made for it. */
const LARGEST = 1_000_000;

const withSpare = (units) => units + Math.ceil(units / 10);

/**
 * @typedef {{bytes: number, units: (bytes: number) => number, capacity: number}} Scale
 *   bytes: in one unit
 */

/**
 * The finest scale with which the peak and a tenth to spare fit into the largest buffer drawn.
 * @param {{kind: Uint8Array, block: Uint32Array, size: ArrayLike<number>}} operations
 * @param {number} blocks @returns {Scale}
 */
export function chooseScale(operations, blocks) {
  for (let bytes = 1; ; bytes *= bytes < 16 ? 16 : 2) {
    const units = (request) => Math.max(1, Math.ceil(request / bytes));
    const capacity = Math.max(16, withSpare(peakOf(operations, blocks, units)));
    // Past 2^40 bytes a unit only the number of live blocks counts, and no scale helps with that.
    if (capacity <= LARGEST || bytes > 2 ** 40) {
      return { bytes, units, capacity: Math.min(capacity, LARGEST) };
    }
  }
}

function peakOf({ kind, block, size }, blocks, units) {
  const held = new Float64Array(blocks);
  let [live, peak] = [0, 0];
  for (let at = 0; at < kind.length; at++) {
    if (kind[at] === NOTHING) continue;
    const now = kind[at] === FREE ? 0 : units(size[at]);
    live += now - held[block[at]];
    held[block[at]] = now;
    peak = Math.max(peak, live);
  }
  return peak;
}
