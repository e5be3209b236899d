// The measurement at a glance: `tlsf` beside the peers, one line a question, for the README.
import { cell, figure, table } from "./format.mjs";

/** By ID, in the order of the columns. */
const peers = {
  tlsf: "Twingate `tlsf`",
  playcanvas: "PlayCanvas",
  codemix: "codemix malloc",
  "thi.ng": "@thi.ng/malloc",
  "offset-allocator": "offset-allocator, native",
  rlsf: "rlsf, native",
};

const rows = [
  ["one `free` and one `alloc`, 10,000 live blocks", "allocation", "W1", times("nanoseconds", "ns")],
  ["the same in an arena 91% full", "allocation", "W1T", times("nanoseconds", "ns")],
  ["the same with 100,000 live blocks", "allocation", "W1N 100,000", times("nanoseconds", "ns")],
  ["how full an arena gets after half of it was freed at random", "allocation", "W2", ({ util2 }) => `${(util2 * 100).toFixed(1)}%`],
  ["compaction: units moved, of the live ones", "compaction", "W3", ({ moved }) => `${Math.round(moved * 100)}%`],
  ["compaction at once, with the copying", "compaction", "W3", times("milliseconds", "ms")],
  ["longest step of 64 moves, with the copying", "compaction", "W3", times("longest", "ms")],
];

/** @param results of a whole measurement */
export function glance({ groups }) {
  const lines = rows.map(([title, group, workload, text]) => [title, ...Object.keys(peers).map((peer) =>
    cell(groups[group].workloads[workload][peer], text))]);
  return table(["", ...Object.values(peers)], lines);
}

/** The reference's own figure; of others, how many times as much. */
function times(name, unit) {
  return ({ [name]: value, ratios }) => (ratios ? `${figure(ratios[name])}×` : `${figure(value)} ${unit}`);
}
