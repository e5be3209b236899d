// A recording under all nine placements. Always: each is measured in a worker, and the page stays alive; contiguous
// placements come first, since scattered ones may take a hundred times as long.
import { runAll } from "./pool.js";
import { isContiguous, PLACEMENTS } from "../manager/placements.js";

const WORKER = new URL("laboratory/worker.js", document.baseURI);
const NAMES = PLACEMENTS.map(({ name }) => name);
/** In the order in which they are measured. */
const ORDER = [...NAMES.filter(isContiguous), ...NAMES.filter((name) => !isContiguous(name))];

/**
 * @typedef {{trace: object, capacity: number, rows: import("./figures.js").Row[]}} Comparison rows: of the placements
 *   measured so far, in the order of the page's list
 * @param {import("../recordings/recordings.js").Recording} recording @param {number} capacity in bytes
 * @param {(share: number) => void} progressed from 0 to 1
 * @param {(comparison: Comparison) => Promise<void>} measured one more placement was
 * @param {AbortSignal} signal ends it; the comparison so far stays good
 */
export async function compare({ trace, bytes }, capacity, progressed, measured, signal) {
  const shared = { bytes, format: trace.format, name: trace.name };
  const jobs = ORDER.map((placement) => ({ placement, contiguous: isContiguous(placement), capacity }));
  const shares = jobs.map(() => 0);
  const done = new Map();
  await runAll(WORKER, shared, jobs, {
    progressed(job, share) {
      shares[job] = share;
      progressed(shares.reduce((sum, each) => sum + each, 0) / shares.length);
    },
    finished(job, row) {
      done.set(row.placement, { ...row, ratio: row.smallest && row.smallest / Math.max(1, trace.peakBytes) });
      return measured({ trace, capacity, rows: NAMES.filter((name) => done.has(name)).map((name) => done.get(name)) });
    },
  }, signal);
}
