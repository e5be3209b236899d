// The columns of the comparison. Always: a figure is what the replay reported, in units of a byte each;
// "best" is the lowest as it is shown, and is not marked where most have it.
import { count, percent } from "../page/words.js";

/**
 * @typedef {object} Row one placement's
 * @property {string} placement @property {number} smallest @property {boolean} exact whether no smaller
 *   capacity serves @property {number} ratio smallest to the peak @property {object} report at the chosen
 *   capacity @property {object | null} compacting the same with compaction on demand @property {object} samples
 *   columns
 */

const times = (ratio) => `${ratio.toFixed(3)} ×`;
// Browsers tell time in steps of up to a tenth of a millisecond.
const micros = (value) => (value < 100 ? "< 0.1 ms" : `${(value / 1000).toFixed(1)} ms`);
const decimal = (value) => value.toFixed(2);

/** @type {{key: string, title: string, about: string, of: (row: Row) => number | null, show: (value: number) => string,
 *   compacting?: true}[]} compacting: from the replay that compacts */
export const COLUMNS = [
  { key: "smallest", title: "Smallest capacity", about: "that serves every request", of: (row) => row.smallest, show: count },
  { key: "ratio", title: "Ratio to peak", about: "of that capacity", of: (row) => row.ratio, show: times },
  { key: "failures", title: "Failures", about: "", of: (row) => row.report.failures, show: count },
  { key: "externalEnd", title: "External fragmentation", about: "at the end", of: (row) => row.report.externalFragmentation, show: percent },
  { key: "externalWorst", title: "External fragmentation", about: "at worst", of: (row) => row.report.peakExternalFragmentation, show: percent },
  { key: "internalEnd", title: "Internal fragmentation", about: "at the end, units", of: (row) => row.report.internalFragmentation, show: count },
  { key: "internalWorst", title: "Internal fragmentation", about: "at worst, units", of: (row) => row.report.peakInternalFragmentation, show: count },
  { key: "searchSteps", title: "Search steps", about: "extents examined", of: (row) => row.report.searchSteps, show: count },
  { key: "extentsPerBlock", title: "Extents per block", about: "at the peak", of: (row) => row.report.extentsPerBlockAtPeak, show: decimal },
  { key: "unitsMoved", title: "Units moved", about: "defragmenting", compacting: true, of: (row) => row.compacting?.unitsMoved ?? null, show: count },
  { key: "longestPause", title: "Longest pause", about: "defragmenting", compacting: true, of: (row) => row.compacting?.longestPauseMicros ?? null, show: micros },
];

/** Whether the replay that compacts was given up before its end. @param {Row} row */
export const isPartial = ({ report, compacting }) => compacting !== null && compacting.operations < report.operations;

/** The placements that are best in a column; none where more than half of them would be. Values that are shown
 *  alike are alike: what is finer may be noise of the measurement. @param {Row[]} rows */
export function bestIn(column, rows) {
  const compared = rows.filter((row) => column.of(row) !== null && !(column.compacting && isPartial(row)));
  const best = column.show(Math.min(...compared.map(column.of)));
  const winners = compared.filter((row) => column.show(column.of(row)) === best);
  return new Set(winners.length * 2 > compared.length ? [] : winners.map((row) => row.placement));
}

/** Rows in ascending or descending order of a column, what has no figure last; ties stay as they are. */
export function sorted(rows, column, descending) {
  const value = (row) => column.of(row) ?? Infinity;
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [first, second] = [value(a), value(b)];
    if (first === second) return 0;
    if (first === Infinity || second === Infinity) return first - second;
    return sign * (first - second);
  });
}
