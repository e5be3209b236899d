// One sentence that recommends a placement, and says why. Always: it follows from the figures alone, by the
// rule in its own words: the smallest capacity, and among those that come within a hundredth of it the
// fewest search steps.
import { isContiguous } from "../manager/placements.js";
import { count, percent, plural } from "../page/words.js";

const NEAR = 1.01;

/** @param {import("./figures.js").Row[]} rows all nine @param {number} capacity the chosen one */
export function recommend(rows, capacity) {
  const contiguous = rows.filter((row) => isContiguous(row.placement));
  const scattered = rows.filter((row) => !isContiguous(row.placement));
  const best = choose(contiguous);
  const near = contiguous.filter((row) => row.smallest <= leastOf(contiguous) * NEAR);
  const rest = near.length > 1
    ? `; of the ${near.length} within a hundredth of the least it searched least, ${plural(best.report.searchSteps, "step")}`
    : ", less than any other";
  const fails = best.report.failures > 0
    ? ` At the ${count(capacity)} units chosen it refuses ${plural(best.report.failures, "request")}.` : "";
  return `For blocks in one extent take ${best.placement}: ${count(best.smallest)} units serve every request, `
    + `${over(best.ratio)} the peak${rest}.${fails} ${forScattered(scattered)}`;
}

function forScattered(rows) {
  const whole = rows.reduce((least, row) => (extents(row) < extents(least) ? row : least));
  const alone = rows.every((row) => row === whole || shown(row) !== shown(whole));
  return `Where blocks may lie in pieces, ${whole.placement} needs no more than the peak, with `
    + `${shown(whole)} extents per block when most is in use, ${alone ? "the fewest of the scattered" : "no more than any of the scattered"}.`;
}

const extents = (row) => row.report.extentsPerBlockAtPeak;
const shown = (row) => extents(row).toFixed(2);
const leastOf = (rows) => Math.min(...rows.map((row) => row.smallest));
const over = (ratio) => (ratio === 1 ? "no more than" : `${percent(ratio - 1)} over`);

/** The row that the rule chooses. @param {import("./figures.js").Row[]} rows */
export function choose(rows) {
  const near = rows.filter((row) => row.smallest <= leastOf(rows) * NEAR);
  return near.reduce((best, row) => (row.report.searchSteps < best.report.searchSteps ? row : best));
}
