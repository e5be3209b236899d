// The placements that are recommended, one for blocks that must be contiguous and one for blocks that need not, and why.
// Always: it follows from the figures alone, by the rule below. Steps count for nothing where a request was refused or
// a replay given up: that makes searching less, or in vain. Nothing is recommended before all of a kind are measured.
import { isPartial } from "./figures.js";
import { isContiguous, PLACEMENTS } from "../manager/placements.js";
import { percent, plural, series } from "../page/words.js";

const NEAR = 1.01;

/** The rule, for those who read the advice. */
export const RULE = "The advice takes the smallest capacity; within 1 % of it the fewest search steps, if no request was "
  + "refused; and within 1 % of these the smallest capacity again. For scattered blocks, it takes the fewest extents per block.";

/** @param {import("./figures.js").Row[]} rows of the placements measured so far @param {number} capacity the chosen one
 *  @returns {string} "" as long as nothing can be recommended */
export function recommend(rows, capacity) {
  const [contiguous, scattered] = [true, false].map((kind) => allOf(kind, rows));
  return [contiguous && forContiguous(contiguous, capacity), scattered && forScattered(scattered)].filter(Boolean).join(" ");
}

/** The rows of all contiguous placements, or of all scattered ones; null if some are missing. */
function allOf(contiguous, rows) {
  const expected = PLACEMENTS.filter(({ name }) => isContiguous(name) === contiguous);
  const found = rows.filter(({ placement }) => isContiguous(placement) === contiguous);
  return found.length === expected.length ? found : null;
}

function forContiguous(rows, capacity) {
  const found = rows.filter((row) => smallest(row) !== null);
  if (found.length === 0) return "If blocks must be contiguous: no capacity was found that serves every request.";
  const { best, others } = choose(found);
  const fails = best.report.failures > 0
    ? ` At the chosen ${plural(capacity, "unit")} it refuses ${plural(best.report.failures, "request")}.` : "";
  return `If blocks must be contiguous, choose ${best.placement}: ${plural(best.smallest, "unit")}, ${over(best.ratio)} the peak, `
    + `${best.smallest === 1 ? "is" : "are"} enough. ${others}${missing(rows, found)}${fails}`;
}

function missing(rows, found) {
  const names = series(rows.filter((row) => !found.includes(row)).map((row) => row.placement), "and");
  return names && ` No capacity was found for ${names}.`;
}

function forScattered(rows) {
  if (rows.some((row) => smallest(row) === null)) return "If blocks may be scattered: no buffer is large enough for the peak.";
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
const allServed = (rows) => rows.every((row) => row.report.failures === 0 && !isPartial(row, "report"));
const leastBy = (rows, of) => rows.reduce((least, row) => (of(row) < of(least) ? row : least));
const within = (rows, of) => rows.filter((row) => of(row) <= of(leastBy(rows, of)) * NEAR);
const over = (ratio) => (ratio === 1 ? "no more than" : `${percent(ratio - 1)} above`);
