// The placements that are recommended, one for blocks that must be contiguous and some for blocks that need not be, and
// why. Always: it follows from the figures alone, by the rule below; nothing is recommended before all of a kind are
// measured.
import { isPartial } from "./figures.js";
import { isConstantTime, isContiguous, PLACEMENTS } from "../manager/placements.js";
import { count, percent, plural, series } from "../page/words.js";

/** How far above the smallest capacity another one is as good. */
const NEAR = 1.01;

/** The rule, for those who read the advice. */
export const RULE = "The advice for contiguous blocks is, among the placements within 1 % of the smallest capacity, the one "
  + "that refuses the fewest requests at the chosen capacity; on a tie, constant time comes before logarithmic, then the "
  + "smaller capacity. For scattered blocks, it is the fewest extents per block.";

/**
 * @typedef {object} Advice
 * @property {string[]} sentences none as long as nothing can be recommended
 * @property {import("./figures.js").Row | null} contiguous the row that is recommended for contiguous blocks
 * @property {string[]} placements all that are recommended
 */

/** @param {import("./figures.js").Row[]} rows of the placements measured so far @param {number} capacity the chosen one
 *  @returns {Advice} */
export function recommend(rows, capacity) {
  const kinds = [forContiguous(allOf(true, rows), capacity), forScattered(allOf(false, rows))];
  return {
    sentences: kinds.flatMap(({ sentences }) => sentences),
    contiguous: kinds[0].best[0] ?? null,
    placements: kinds.flatMap(({ best }) => best.map(({ placement }) => placement)),
  };
}

/** The rows of all contiguous placements, or of all scattered ones; none if some are missing. */
function allOf(contiguous, rows) {
  const expected = PLACEMENTS.filter(({ name }) => isContiguous(name) === contiguous);
  const found = rows.filter(({ placement }) => isContiguous(placement) === contiguous);
  return found.length === expected.length ? found : [];
}

function forContiguous(rows, capacity) {
  if (rows.length === 0) return nothing();
  const found = rows.filter((row) => smallest(row) !== null);
  if (found.length === 0) return nothing("If blocks must be contiguous: no capacity was found that serves every request.");
  const best = choose(found);
  const { failures } = best.report;
  return { best: [best], sentences: [
    `If blocks must be contiguous, choose ${named(best)}: ${plural(best.smallest, "unit")}, ${over(best.ratio)} the peak, ${best.smallest === 1 ? "is" : "are"} enough.`,
    second(found, best, capacity),
    missing(rows, found),
    failures > 0 && `At the chosen ${plural(capacity, "unit")}, ${best.placement} refuses ${plural(failures, "request")}.`,
  ].filter(Boolean) };
}

// What costs less time, where something does; what comes next by the same rule, where nothing does.
function second(found, best, capacity) {
  const others = found.filter((row) => row !== best);
  const faster = isConstant(best) ? [] : others.filter(isConstant);
  if (others.length === 0) return null;
  const next = choose(faster.length > 0 ? faster : others);
  const why = faster.length > 0 ? ", if requests must take constant time" : "";
  return `Second choice${why}: ${why ? next.placement : named(next)} with ${plural(next.smallest, "unit")}, ${compared(next.smallest, best.smallest)}${lack(next, capacity)}.`;
}

/** What somebody who stays at a capacity has to bear with a placement; "" for nothing that is known. */
function lack(row, capacity) {
  const { failures } = row.report;
  if (isPartial(row, "report") || failures === 0) return "";
  const most = row.exact ? "" : "at most ";
  const more = row.smallest > capacity ? `, and needs ${most}${plural(row.smallest - capacity, "unit")} more to refuse none` : "";
  return `; at the chosen ${plural(capacity, "unit")} it refuses ${plural(failures, "request")}${more}`;
}

function missing(rows, found) {
  const names = series(rows.filter((row) => !found.includes(row)).map((row) => row.placement), "and");
  return names && `No capacity was found for ${names}.`;
}

function forScattered(rows) {
  if (rows.length === 0) return nothing();
  if (rows.some((row) => smallest(row) === null)) return nothing("If blocks may be scattered: no buffer is large enough for the peak.");
  if (rows.some((row) => refused(row) > 0)) return nothing("If blocks may be scattered, any scattered placement needs only the peak.");
  const [least] = lowest(rows, extents);
  const best = rows.filter((row) => shown(row) === shown(least));
  const names = series(best.map((row) => row.placement), "or");
  const needs = best.length === 1 ? "it needs" : "each needs";
  return { best, sentences: [`If blocks may be scattered, choose ${names}: ${needs} only the peak, at ${shown(least)} extents per block.`] };
}

const nothing = (...sentences) => ({ best: [], sentences });

/** The row that the rule chooses. @param {import("./figures.js").Row[]} rows */
function choose(rows) {
  const least = Math.min(...rows.map(smallest));
  const near = rows.filter((row) => smallest(row) <= least * NEAR);
  const [best] = [refused, time, smallest].reduce(lowest, near);
  return best;
}

const smallest = (row) => row.smallest;
/** How many a replay that was given up would have refused, nobody knows. */
const refused = (row) => (isPartial(row, "report") ? Infinity : row.report.failures);
const isConstant = (row) => isConstantTime(row.placement);
const time = (row) => (isConstant(row) ? 0 : 1);
const extents = (row) => row.report.extentsPerBlockAtPeak;
const shown = (row) => extents(row).toFixed(2);

/** The rows that have the lowest figure. */
function lowest(rows, of) {
  const least = Math.min(...rows.map(of));
  return rows.filter((row) => of(row) === least);
}

const named = (row) => `${row.placement} (${isConstant(row) ? "constant" : "logarithmic"} time)`;
const over = (ratio) => (ratio === 1 ? "no more than" : `${percent(ratio - 1)} above`);

function compared(units, others) {
  if (units === others) return "as many";
  const difference = Math.abs(units - others);
  const share = percent(difference / others);
  return `${share === percent(0) ? count(difference) : share} ${units > others ? "more" : "fewer"}`;
}
