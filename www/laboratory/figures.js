// The columns of the comparison. Always: a figure is what the replay reported, in units of a byte each; a replay
// given up before its end says so and is never "best"; figures that are shown alike are alike. No figure is a time,
// which would differ at the next run.
import { isContiguous } from "../manager/placements.js";
import { count, percent } from "../page/words.js";

/**
 * @typedef {object} Row one placement's
 * @property {string} placement @property {number} operations of the recording @property {number | null} smallest
 *   null: none was found @property {boolean} exact whether no smaller capacity serves
 * @property {number | null} ratio smallest to the peak @property {object} report at the chosen capacity
 * @property {object | null} compacting the same with compaction on demand @property {object} samples columns
 */

const times = (ratio) => `${ratio.toFixed(3)} ×`;
const decimal = (value) => value.toFixed(2);

/** @type {{key: string, title: string, about: string, of: (row: Row) => number | null, show: (value: number) => string,
 *   from?: "report" | "compacting", rises?: boolean}[]} key: its name in files; from: the replay that it is a figure of,
 *   if of one; rises: never falls from one operation to the next */
export const COLUMNS = [
  { key: "smallestCapacity", title: "Smallest capacity", about: "that serves every request", of: (row) => row.smallest, show: count },
  { key: "ratioToPeak", title: "Ratio to peak", about: "of that capacity", of: (row) => row.ratio, show: times },
  { key: "failures", title: "Requests refused", about: "", from: "report", rises: true, of: (row) => row.report.failures, show: count },
  { key: "externalFragmentation", title: "External fragmentation", about: "at the end", from: "report", of: (row) => row.report.externalFragmentation, show: percent },
  { key: "peakExternalFragmentation", title: "External fragmentation", about: "at worst", from: "report", rises: true, of: (row) => row.report.peakExternalFragmentation, show: percent },
  { key: "internalFragmentation", title: "Internal fragmentation", about: "at the end, units", from: "report", of: (row) => row.report.internalFragmentation, show: count },
  { key: "peakInternalFragmentation", title: "Internal fragmentation", about: "at worst, units", from: "report", rises: true, of: (row) => row.report.peakInternalFragmentation, show: count },
  // A scattered placement takes what comes first: its steps are extents handed out.
  { key: "searchSteps", title: "Search steps", about: "free extents or index entries examined", from: "report", rises: true, of: (row) => (isContiguous(row.placement) ? row.report.searchSteps : null), show: count },
  { key: "extentsPerBlockAtPeak", title: "Extents per block", about: "at the peak", from: "report", of: (row) => row.report.extentsPerBlockAtPeak, show: decimal },
  { key: "compactingUnitsMoved", title: "Units moved", about: "defragmenting", from: "compacting", rises: true, of: (row) => row.compacting?.unitsMoved ?? null, show: count },
  { key: "compactingLongestPauseUnits", title: "Longest pause", about: "most units moved for one request", from: "compacting", rises: true, of: (row) => row.compacting?.longestPauseUnits ?? null, show: count },
];

/** Whether a replay was given up before its end. @param {Row} row @param {"report" | "compacting"} from */
export const isPartial = (row, from) => row[from] !== null && row[from].operations < row.operations;

/** What has to be said of a figure: "" for nothing. @param {Row} row */
export function remark({ key, of, from, rises }, row) {
  if (key === "smallestCapacity") return row.smallest === null ? "none found" : row.exact ? "" : "or less";
  if (!from || of(row) === null || !isPartial(row, from)) return "";
  return rises ? "or more" : "so far";
}

/** The placements that are best in a column: those with its lowest figure, unless most of those compared have it.
 *  @param {Row[]} rows */
export function bestIn(column, rows) {
  const { from, of, show } = column;
  const rivals = rivalsIn(column, rows);
  const compared = rivals.filter((row) => of(row) !== null && !(from && isPartial(row, from)));
  const best = show(Math.min(...compared.map(of)));
  const winners = compared.filter((row) => show(of(row)) === best);
  return new Set(winners.length * 2 > compared.length ? [] : winners.map((row) => row.placement));
}

/** The placements whose figure in a column is not compared with the others, because they refused more. @param {Row[]} rows */
export function apartIn(column, rows) {
  const rivals = rivalsIn(column, rows);
  const isApart = (row) => column.of(row) !== null && !rivals.includes(row) && !isPartial(row, "report");
  return new Set(rows.filter(isApart).map((row) => row.placement));
}

const rivalsIn = ({ key, from }, rows) => (!from || key === "failures" ? rows : leastRefused(rows));

// Refusing requests leaves less to do, so only these can be compared by what they did.
function leastRefused(rows) {
  const finished = rows.filter((row) => !isPartial(row, "report"));
  const least = Math.min(...finished.map(({ report }) => report.failures));
  return finished.filter(({ report }) => report.failures === least);
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
