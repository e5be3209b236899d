// The comparison as files. Always: numbers are exact, not as shown; a name can neither end its field nor
// begin a formula in a spreadsheet; both files call a figure the same, and give none where it does not apply. A figure
// of a replay has the name that the package's report gives it, after "compacting" if it is of the second run.
import { COLUMNS } from "./figures.js";
import { recommend } from "./recommend.js";
import { isContiguous } from "../manager/placements.js";

/** @param {import("./compare.js").Comparison} comparison */
export function toCSV({ trace, capacity, rows }) {
  const lines = figuresOf(rows, capacity).map((figures) => ({ trace: trace.name, capacity, ...figures }));
  return [Object.keys(lines[0]), ...lines.map(Object.values)].map((fields) => fields.map(field).join(",")).join("\r\n") + "\r\n";
}

/** @param {import("./compare.js").Comparison} comparison */
export function toJSON({ trace, capacity, rows }) {
  const { name, format, operations, blocks, peakBytes } = trace;
  const all = figuresOf(rows, capacity);
  const placements = rows.map(({ placement, report, compacting, samples }, at) =>
    ({ ...all[at], replay: reported(placement, report), compacting, samples: listed(samples) }));
  const advice = recommend(rows, capacity).sentences.join(" ");
  return `${JSON.stringify({ trace: { name, format, operations, blocks, peakBytes }, capacity, advice, placements }, null, 2)}\n`;
}

/** What both files tell of each placement, by name; null where there is no figure. */
function figuresOf(rows, capacity) {
  const recommended = new Set(recommend(rows, capacity).placements);
  return rows.map((row) => ({
    placement: row.placement, recommended: recommended.has(row.placement), smallestIsExact: row.exact,
    ...Object.fromEntries(COLUMNS.map(({ key, of }) => [key, of(row)])),
    operations: row.report.operations, compactingOperations: row.compacting?.operations ?? null,
  }));
}

// What a scattered placement counts as search steps are the extents that it hands out.
const reported = (placement, report) => (isContiguous(placement) ? report : { ...report, searchSteps: null });

const listed = (samples) => Object.fromEntries(Object.entries(samples).map(([name, column]) => [name, Array.from(column)]));

function field(value) {
  const text = String(value ?? "");
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A file name from a trace's name: letters, digits, dots and dashes. */
export const fileName = (name, ending) => `${name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "trace"}-comparison.${ending}`;
