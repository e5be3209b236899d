// What the plot can show over a replay, and how each placement's line looks. Always: no two lines are alike even
// without their colours: scattered placements have thin ones, and among the thin and among the others each has dashes
// of its own. Colours are from Paul Tol's "muted" and "light" schemes.
import { PLACEMENTS } from "../manager/placements.js";
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
/** In pixels of the page, in the order of the placements of a kind. */
const DASHES = {
  contiguous: [[], [14, 5], [2, 3], [12, 4, 2, 4], [6, 3], [12, 4, 2, 4, 2, 4]],
  scattered: [[8, 4], [2, 4], [12, 4, 2, 4]],
};
const WIDTHS = { contiguous: 2.5, scattered: 1.25 };

/** @param {string} placement @param {boolean} dark what it is drawn on is @returns {{colour: string, dash: number[],
 *  width: number}} lengths in pixels of the page */
export function lineOf(placement, dark) {
  const at = PLACEMENTS.findIndex(({ name }) => name === placement);
  const { group } = PLACEMENTS[at];
  const among = PLACEMENTS.filter((each) => each.group === group).indexOf(PLACEMENTS[at]);
  return { colour: (dark ? DARK : LIGHT)[at], dash: DASHES[group][among], width: WIDTHS[group] };
}
