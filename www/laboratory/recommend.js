// The placements that are recommended, one for blocks that must be contiguous and one for blocks that need not, and why.
// Always: it follows from the figures alone, by one rule: the smallest capacity; among those that come within a hundredth
// of it the fewest search steps; among those that come within a hundredth of these the smallest capacity again. Steps
// count for nothing where a request was refused: whoever refuses searches less, or in vain.
import { isContiguous } from "../manager/placements.js";
import { count, percent, plural, series } from "../page/words.js";

const NEAR = 1.01;

/** @param {import("./figures.js").Row[]} rows all nine @param {number} capacity the chosen one */
export function recommend(rows, capacity) {
  const contiguous = rows.filter((row) => isContiguous(row.placement));
  const scattered = rows.filter((row) => !isContiguous(row.placement));
  const { best, others } = choose(contiguous);
  const fails = best.report.failures > 0
    ? ` At the chosen ${plural(capacity, "unit")} it refuses ${plural(best.report.failures, "request")}.` : "";
  return `If blocks must be contiguous, choose ${best.placement}: ${plural(best.smallest, "unit")}, ${over(best.ratio)} the peak, are enough. `
    + `${others}${fails} ${forScattered(scattered)}`;
}

function forScattered(rows) {
  if (!allServed(rows)) return "If blocks may be scattered, any scattered placement needs only the peak.";
  const least = leastBy(rows, extents);
  const alike = rows.filter((row) => shown(row) === shown(least));
  const names = series(alike.map((row) => row.placement), "or");
  const needs = alike.length === 1 ? "it needs" : "each needs";
  return `If blocks may be scattered, choose ${names}: ${needs} only the peak, at ${shown(least)} extents per block.`;
}

/** The row that the rule chooses, and what is said of those that come close. @param {import("./figures.js").Row[]} rows */
function choose(rows) {
  const near = within(rows, smallest);
  const quick = allServed(near) ? within(near, steps) : near;
  const best = leastBy(quick, smallest);
  const names = series(near.filter((row) => row !== best).map((row) => row.placement), "and");
  if (names === "") return { best, others: "No other placement comes within 1 % of that." };
  const [verb, search] = near.length === 2 ? ["is", "searches"] : ["are", "search"];
  const more = quick.length === 1 ? ` but ${search} more` : "";
  return { best, others: `${names} ${verb} within 1 %${more}.` };
}

const smallest = (row) => row.smallest;
const steps = (row) => row.report.searchSteps;
const extents = (row) => row.report.extentsPerBlockAtPeak;
const shown = (row) => extents(row).toFixed(2);
const allServed = (rows) => rows.every((row) => row.report.failures === 0);
const leastBy = (rows, of) => rows.reduce((least, row) => (of(row) < of(least) ? row : least));
const within = (rows, of) => rows.filter((row) => of(row) <= of(leastBy(rows, of)) * NEAR);
const over = (ratio) => (ratio === 1 ? "no more than" : `${percent(ratio - 1)} above`);
