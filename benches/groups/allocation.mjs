// Allocating and freeing: what it costs, and how full an arena gets.
//
// What always holds: everyone gets the same workloads. Where a peer's cost grows with the number of
// blocks or extents, `share` says how much of the pairs or of the arena it gets, so that a run ends;
// the table marks such figures.
import { cell, figure, table } from "../format.mjs";
import { contiguous, crate, scattered, version } from "../peers.mjs";
import { targetList } from "../targets.mjs";
import { workloads } from "../workloads/allocation.mjs";

const untimed = ["W2", "W2L"];
const timed = Object.keys(workloads).filter((name) => !untimed.includes(name));

const peers = [
  ...contiguous.map((name) => placement(name)),
  ...scattered.map((name) => placement(name, { pairs: () => 1 / 10 })),
  { id: "playcanvas", label: `PlayCanvas BlockAllocator ${version("playcanvas")}`, module: "./peers/playcanvas.mjs" },
  { id: "codemix", label: `codemix malloc ${version("malloc")}`, module: "./peers/codemix.mjs" },
  {
    id: "thi.ng",
    label: `@thi.ng/malloc ${version("@thi.ng/malloc")}`,
    module: "./peers/thi.ng.mjs",
    // A pair costs what there are blocks.
    share: { pairs: ({ blocks }) => Math.min(1 / 10, 2e6 / blocks ** 2), arena: 1 / 4 },
  },
  { id: "native-tlsf", label: "the crate, `tlsf`, native", native: "tlsf" },
  { id: "offset-allocator", label: `offset-allocator ${crate("offset-allocator")}, native`, native: "offset-allocator" },
  { id: "rlsf", label: `rlsf ${crate("rlsf")}, native`, native: "rlsf" },
  { id: "nothing", label: "the workload alone, nobody asked", module: "./peers/nothing.mjs", only: timed },
];

function placement(name, share) {
  return { id: name, label: `twingate-memory \`${name}\``, module: "./peers/twingate.mjs", option: name, share };
}

export const allocation = {
  name: "allocation",
  title: "Allocating and freeing",
  /** It does what the peers do: offsets only, and in one extent. */
  reference: "tlsf",
  peers,
  workloads,

  table({ peers, workloads }) {
    const columns = [
      ...Object.keys(workloads).filter((name) => timed.includes(name)).map((name) => [name, time(name)]),
      ["W1T failures", ({ W1T }) => failures(W1T)],
      ["util1", ({ W2 }) => share(W2, "util1")],
      ["util2", ({ W2 }) => share(W2, "util2")],
      ["recov64K", ({ W2L }) => share(W2L, "recov64K")],
    ];
    const needed = { "W1T failures": "W1T", util1: "W2", util2: "W2", recov64K: "W2L" };
    const shown = columns.filter(([title]) => (needed[title] ?? title) in workloads);
    const rows = peers.map(({ id, label }) => {
      const own = Object.fromEntries(Object.entries(workloads).map(([name, byPeer]) => [name, byPeer[id]]));
      return [label, ...shown.map(([, cell]) => cell(own))];
    });
    return table(["", ...shown.map(([title]) => title)], rows);
  },

  notes({ workloads }) {
    const lines = [
      "Times are of one `free` and one `alloc` together, as multiples of `tlsf`'s with the same seed, and in " +
        "nanoseconds of the processor (medians of each; JavaScript calls and the workload's own draws included). " +
        "Each run is repeated from the same state, and of every 10,000 pairs the least time counts, which is what " +
        "they take when nothing else is in the way. " +
        "W1: 10,000 live blocks in 2^26 units; W1T: in 2^23, about 91% full; W1N: in 2^28. Failures are per " +
        "million pairs. util1, util2: share of 2^26 units in use when the first request fails, and again after " +
        "half of the blocks were freed at random. recov64K: how much of what is free then can be had in blocks of " +
        "64 Ki units.",
    ];
    const reduced = Object.values(workloads).some((byPeer) => Object.values(byPeer).some((figures) => figures?.scaled));
    if (reduced) {
      lines.push("\\* Fewer pairs, or a smaller arena: the scattered placements cost what the extents of a block " +
        "cost, which grow in number with the pairs, and @thi.ng/malloc is linear in the blocks.");
    }
    return lines.join("\n\n");
  },

  /** What `tlsf` with external storage is meant to reach. */
  targets({ workloads }) {
    const { list, add } = targetList();
    const figures = (workload, peer) => workloads[workload]?.[peer];
    const slower = (workload, peer) => figures(workload, peer)?.ratios?.nanoseconds;
    for (const workload of ["W1", "W1T"]) {
      const atLeast = (peer, name, times) =>
        add(`${workload}: at least ${times} times as fast as ${name}`, slower(workload, peer), (value) => value >= times);
      atLeast("playcanvas", "PlayCanvas", 6);
      atLeast("codemix", "codemix malloc", 6);
      atLeast("thi.ng", "@thi.ng/malloc", 400);
      add(`${workload}: at most 1.5 times the native offset-allocator's time`,
        1 / slower(workload, "offset-allocator"), (value) => value <= 1.5);
      for (const fit of ["first-fit", "best-fit"]) {
        add(`${workload}: ${fit} at most 4 times tlsf's time at 10,000 blocks`, slower(workload, fit), (value) => value <= 4);
      }
    }
    const many = figures("W1N 100,000", "tlsf")?.nanoseconds;
    const few = figures("W1N 1,000", "tlsf")?.nanoseconds;
    add("W1N: 100,000 blocks at most twice the time of 1,000", many / few, (value) => value <= 2);
    return list;
  },
};

/** Times the reference, and the nanoseconds. */
function time(workload) {
  return (own) => cell(own[workload], ({ nanoseconds, ratios, scaled }) => {
    const mark = scaled ? " *" : "";
    return `${figure(ratios?.nanoseconds ?? 1)}× (${figure(nanoseconds)} ns)${mark}`;
  });
}

function failures(figures) {
  return cell(figures, ({ failures, pairs }) => `${Math.round((failures / pairs) * 1e6).toLocaleString("en")}`);
}

function share(figures, name) {
  return cell(figures, (figures) => `${figures[name].toFixed(4)}${figures.scaled ? " *" : ""}`);
}
