// What the plot can show over a replay, and how each placement's line looks. Always: colours are Paul Tol's
// "muted" and "light" schemes, told apart in all common kinds of colour blindness; dashes tell apart what
// colours may not: scattered placements are dashed.
import { isContiguous, PLACEMENTS } from "../manager/placements.js";
import { count, percent } from "../page/words.js";

/** @type {{column: string, title: string, show: (value: number) => string}[]} column: of a replay's samples */
export const MEASURES = [
  { column: "externalFragmentation", title: "External fragmentation", show: percent },
  { column: "usedUnits", title: "Units in use", show: count },
  { column: "internalFragmentation", title: "Internal fragmentation", show: count },
  { column: "extentsPerBlock", title: "Extents per block", show: (value) => value.toFixed(2) },
];

const LIGHT = ["#332288", "#117733", "#882255", "#0072b2", "#aa4499", "#8a6d00", "#cc3311", "#44505c", "#00796b"];
const DARK = ["#99ddff", "#bbcc33", "#ffaabb", "#77aadd", "#eedd88", "#ee8866", "#44bb99", "#dddddd", "#cc99ff"];
const DASHES = [[8, 4], [2, 4], [12, 4, 2, 4]];

/** @param {string} placement @param {"light" | "dark" | "forced"} theme @returns {{colour: string, dash: number[]}} */
export function lineOf(placement, theme) {
  const at = PLACEMENTS.findIndex(({ name }) => name === placement);
  const colours = theme === "dark" ? DARK : LIGHT;
  return { colour: colours[at], dash: isContiguous(placement) ? [] : DASHES[at % DASHES.length] };
}
