// A recording under all nine placements. Always: each is measured in a worker, and the page stays alive.
import { runAll } from "./pool.js";
import { PLACEMENTS } from "../manager/placements.js";

const WORKER = new URL("worker.js", import.meta.url);

/**
 * @typedef {{trace: object, capacity: number, rows: import("./figures.js").Row[]}} Comparison
 * @param {import("../recordings/recordings.js").Recording} recording @param {number} capacity in bytes
 * @param {(share: number) => void} progressed from 0 to 1 @param {AbortSignal} signal
 * @returns {Promise<Comparison>}
 */
export async function compare({ trace, bytes }, capacity, progressed, signal) {
  const shared = { bytes, format: trace.format, name: trace.name };
  const jobs = PLACEMENTS.map(({ name, group }) => ({ placement: name, contiguous: group === "contiguous", capacity }));
  const shares = jobs.map(() => 0);
  const rows = await runAll(WORKER, shared, jobs, (job, share) => {
    shares[job] = share;
    progressed(shares.reduce((sum, each) => sum + each, 0) / shares.length);
  }, signal);
  return { trace, capacity, rows: rows.map((row) => ({ ...row, ratio: row.smallest / Math.max(1, trace.peakBytes) })) };
}
