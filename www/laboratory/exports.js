// The comparison as files. Always: numbers are exact, not as shown; a name can neither end its field nor
// begin a formula in a spreadsheet; both files call a figure the same, and give none where it does not apply.
import { COLUMNS } from "./figures.js";
import { isContiguous } from "../manager/placements.js";

/** @param {import("./compare.js").Comparison} comparison */
export function toCSV({ trace, capacity, rows }) {
  const head = ["trace", "capacity", "placement", "smallestIsExact", ...COLUMNS.map(({ key }) => key), "operations", "compactingOperations"];
  const lines = rows.map((row) => [
    trace.name, capacity, row.placement, row.exact, ...COLUMNS.map(({ of }) => of(row) ?? ""),
    row.report.operations, row.compacting?.operations ?? "",
  ]);
  return [head, ...lines].map((fields) => fields.map(field).join(",")).join("\r\n") + "\r\n";
}

/** @param {import("./compare.js").Comparison} comparison */
export function toJSON({ trace, capacity, rows }) {
  const { name, format, operations, blocks, peakBytes } = trace;
  const placements = rows.map(({ placement, smallest, exact, ratio, report, compacting, samples }) =>
    ({ placement, smallestCapacity: smallest, smallestIsExact: exact, ratioToPeak: ratio, report: reported(placement, report), compacting, samples: listed(samples) }));
  return `${JSON.stringify({ trace: { name, format, operations, blocks, peakBytes }, capacity, placements }, null, 2)}\n`;
}

// What a scattered placement counts as search steps are the extents that it hands out.
const reported = (placement, report) => (isContiguous(placement) ? report : { ...report, searchSteps: null });

const listed = (samples) => Object.fromEntries(Object.entries(samples).map(([name, column]) => [name, Array.from(column)]));

function field(value) {
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A file name from a trace's name: letters, digits, dots and dashes. */
export const fileName = (name, ending) => `${name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "trace"}-comparison.${ending}`;
