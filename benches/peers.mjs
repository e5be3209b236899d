// Who is measured.
//
// What always holds: everyone gets the same workloads. Where a peer's cost grows with the number of
// blocks or extents, `share` says how much of the pairs or of the arena it gets, so that a run ends;
// the report marks such figures.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../scripts/paths.mjs";

/** The one that all are compared with: it does what the peers do, offsets only and in one extent. */
export const reference = "tlsf";

const contiguous = ["tlsf", "first-fit", "best-fit", "next-fit", "worst-fit", "buddy"];
const scattered = ["lifo", "contiguous-first", "address-ordered"];

export const peers = [
  ...contiguous.map((name) => placement(name, {})),
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
  { id: "nothing", label: "the workload alone, nobody asked", module: "./peers/nothing.mjs", timedOnly: true },
];

function placement(name, share) {
  return { id: name, label: `twingate-memory \`${name}\``, module: "./peers/twingate.mjs", option: name, share };
}

function version(name) {
  return JSON.parse(read("package-lock.json")).packages[`node_modules/${name}`].version;
}

function crate(name) {
  return new RegExp(`name = "${name}"\nversion = "(.+)"`).exec(read("benches/native/Cargo.lock"))[1];
}

function read(path) {
  return readFileSync(join(root, path), "utf8");
}
