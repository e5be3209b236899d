// What has to be known to read the comparison, in sentences. Always: every mark of the table that is there is explained.
import { apartIn, COLUMNS, isPartial } from "./figures.js";
import { PATIENCE } from "./patience.js";
import { RULE } from "./recommend.js";
import { plural, series } from "../page/words.js";

/** @param {import("./compare.js").Comparison} comparison */
export function factsOf({ trace, capacity, rows }) {
  return [
    `${plural(trace.operations, "operation")} each. All columns but the first two are for a capacity of ${plural(capacity, "unit")}, which buddy cuts into powers of two.`,
    "The last two are from a second run, in which a request that does not fit makes the manager defragment.",
    "A star marks the lowest figure of a column, unless most of the placements compared share it. The columns after “Requests refused” compare only the placements that refused the fewest, since who refuses has less to do.",
    COLUMNS.some((column) => apartIn(column, rows).size > 0) && "Figures in grey are not compared.",
    rows.some(({ smallest, exact }) => smallest !== null && !exact) && "“Or less”: not every smaller capacity was tried.",
    stopped(rows),
    rows.some(({ smallest }) => smallest === null)
      && `“None found”: no capacity that serves every request was found in ${PATIENCE.search / 1_000} seconds, or there is none.`,
    RULE,
  ].filter(Boolean).join(" ");
}

// "Or more" and "so far" in the table.
function stopped(rows) {
  const replays = [["report", ""], ["compacting", " when defragmenting"]].flatMap(([from, how]) => rows
    .filter((row) => isPartial(row, from))
    .map((row) => `${row.placement}${how} after ${plural(row[from].operations, "operation")}`));
  return replays.length > 0 && `Stopped because it takes too long: ${series(replays, "and")}; their figures are those up to there, and get no star.`;
}
