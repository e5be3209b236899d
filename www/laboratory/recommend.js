// One sentence that recommends a placement, and says why. Always: it follows from the figures alone, by the
// rule in its own words: the smallest capacity; among those that come within a hundredth of it the fewest search
// steps; among those that come within a hundredth of these the smallest capacity again. Steps count for nothing
// where a request was refused: who refuses searches less, or in vain.
import { isContiguous } from "../manager/placements.js";
import { count, percent, plural } from "../page/words.js";

const NEAR = 1.01;

/** @param {import("./figures.js").Row[]} rows all nine @param {number} capacity the chosen one */
export function recommend(rows, capacity) {
  const contiguous = rows.filter((row) => isContiguous(row.placement));
  const scattered = rows.filter((row) => !isContiguous(row.placement));
  const { best, why } = choose(contiguous);
  const fails = best.report.failures > 0
    ? ` At the ${count(capacity)} units chosen it refuses ${plural(best.report.failures, "request")}.` : "";
  return `For blocks in one extent take ${best.placement}: ${count(best.smallest)} units serve every request, `
    + `${over(best.ratio)} the peak${why}.${fails} ${forScattered(scattered)}`;
}

function forScattered(rows) {
  if (!allServed(rows)) return "Where blocks may lie in pieces, no scattered placement needs more than the peak.";
  const whole = leastBy(rows, extents);
  const alone = rows.every((row) => row === whole || shown(row) !== shown(whole));
  return `Where blocks may lie in pieces, ${whole.placement} needs no more than the peak, with `
    + `${shown(whole)} extents per block when most is in use, ${alone ? "the fewest of the scattered" : "no more than any of the scattered"}.`;
}

/** The row that the rule chooses, and why. @param {import("./figures.js").Row[]} rows */
function choose(rows) {
  const near = within(rows, smallest);
  if (near.length === 1) return { best: near[0], why: ", less than any other" };
  if (!allServed(near)) {
    const others = near.length - 1;
    return { best: leastBy(near, smallest), why: `, no more than any other; ${count(others)} ${others === 1 ? "comes" : "come"} within a hundredth of that` };
  }
  const quick = within(near, steps);
  const best = leastBy(quick, smallest);
  const among = `; of the ${near.length} within a hundredth of the least`;
  const searched = plural(steps(best), "step");
  if (quick.length === 1) return { best, why: `${among} it searched least, ${searched}` };
  const alike = quick.length === near.length ? "all" : count(quick.length);
  return { best, why: `${among}, ${alike} searched about as little, ${searched}, and none of these needs less` };
}

const smallest = (row) => row.smallest;
const steps = (row) => row.report.searchSteps;
const extents = (row) => row.report.extentsPerBlockAtPeak;
const shown = (row) => extents(row).toFixed(2);
const allServed = (rows) => rows.every((row) => row.report.failures === 0);
const leastBy = (rows, of) => rows.reduce((least, row) => (of(row) < of(least) ? row : least));
const within = (rows, of) => rows.filter((row) => of(row) <= of(leastBy(rows, of)) * NEAR);
const over = (ratio) => (ratio === 1 ? "no more than" : `${percent(ratio - 1)} over`);
