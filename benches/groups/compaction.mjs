// Compaction: what moves, and how long it takes, at once and in steps.
//
// What always holds: the ratio of a peer is to `tlsf` doing the same, with data or without.
import { cell, figure, table } from "../format.mjs";
import { contiguous, version } from "../peers.mjs";
import { targetList } from "../targets.mjs";
import { workloads } from "../workloads/compaction.mjs";

const peers = [
  ...contiguous.map(placement),
  peer("playcanvas", `PlayCanvas BlockAllocator ${version("playcanvas")}`, { only: ["W3", "W3 planning"] }),
  peer("three", `three.js BatchedMesh ${version("three")}`, { only: ["W3"] }),
];

function placement(name) {
  const only = name === "tlsf" ? {} : { only: ["W3", "W3 planning"] };
  return { id: name, label: `twingate-memory \`${name}\``, module: "./peers/compaction/twingate.mjs", option: name, ...only };
}

function peer(id, label, rest) {
  return { id, label, module: `./peers/compaction/${id}.mjs`, ...rest };
}

export const compaction = {
  name: "compaction",
  title: "Compaction",
  reference: "tlsf",
  peers,
  workloads,

  table({ peers, workloads }) {
    const { W3: copied = {}, "W3 planning": planned = {} } = workloads;
    const rows = peers.map(({ id, label }) => {
      const [own, plan] = [copied[id], planned[id]];
      return [label, ...moved(own ?? plan), time(own, "milliseconds"), time(plan, "milliseconds"),
        ...steps(own ?? plan), time(own, "longest"), time(plan, "longest")];
    });
    return table(["", "moved", "to the bound", "moves", "at once, with copies", "planning alone",
      "moved in steps", "steps", "longest step, with copies", "planning alone"], rows);
  },

  notes({ workloads }) {
    const { W3N: { tlsf: growth } = {} } = workloads;
    const lines = [
      "W3: 2^26 units of a byte, filled, and half of the blocks freed at random; compacted until one free extent " +
        "has at least 95% of the free units. Moved: units, as a share of the live ones; the bound is the least " +
        "that any compaction must move. Times are of the processor, the least of several runs from the same state, " +
        "as multiples of `tlsf`'s from the same seed, and in milliseconds. Steps are of 64 moves. With copies: " +
        "the package has the data; PlayCanvas leaves the copying to its caller, which here moves block after block " +
        "in a `Uint8Array`; BatchedMesh copies vertices of one byte. Planning alone: external storage, and nobody " +
        "who copies.",
    ];
    const short = Object.values(workloads).flatMap(Object.values).find((figures) => figures?.share < 0.95);
    if (short) {
      lines.push("\\* `buddy` keeps blocks at multiples of their sizes, so that one free extent is not what it aims at: " +
        `it ends with ${short.share.toFixed(2)} of the free units in the largest.`);
    }
    if (growth) {
      lines.push(`W3N: a step of \`tlsf\` that makes 64 moves, planning alone, takes ` +
        `${figure(growth.fewMicros)} µs with about 1,000 live blocks and ${figure(growth.manyMicros)} µs with ` +
        `about 1,000,000: each step its least of several runs from the same state, and the middle half of all.`);
    }
    return lines.join("\n\n");
  },

  /** With `order: "any"`. */
  targets({ workloads }) {
    const { list, add } = targetList();
    const { W3: copied, "W3 planning": planned, W3N: growth } = workloads;
    add("W3: moved at most 1.05 times the lower bound", copied?.tlsf?.moved / copied?.tlsf?.bound, (value) => value <= 1.05);
    add("W3: plan and copy at most half of PlayCanvas's time with copies",
      1 / copied?.playcanvas?.ratios.milliseconds, (value) => value <= 0.5);
    add("W3: longest step of 64 moves at most a tenth of PlayCanvas's, planning alone",
      1 / planned?.playcanvas?.ratios.longest, (value) => value <= 0.1);
    add("W3: longest step of 64 moves at most a tenth of PlayCanvas's, with copies",
      1 / copied?.playcanvas?.ratios.longest, (value) => value <= 0.1);
    add("W3N: a step of 64 moves with 1,000,000 blocks at most 1.2 times that with 1,000",
      growth?.tlsf?.growth, (value) => value <= 1.2);
    return list;
  },
};

function moved(figures) {
  if (!figures) return ["", "", ""];
  const { moved, bound, moves, share } = figures;
  return [`${moved.toFixed(3)}${share < 0.95 ? " *" : ""}`, `${(moved / bound).toFixed(3)}×`, Math.round(moves).toLocaleString("en")];
}

function steps(figures) {
  if (figures?.steps === undefined) return ["", ""];
  return [figures.movedInSteps.toFixed(3), Math.round(figures.steps).toLocaleString("en")];
}

/** Times the reference, and the milliseconds. */
function time(figures, name) {
  if (figures?.[name] === undefined) return "";
  return cell(figures, ({ [name]: milliseconds, ratios }) => `${figure(ratios?.[name] ?? 1)}× (${figure(milliseconds)} ms)`);
}
