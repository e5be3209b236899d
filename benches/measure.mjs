// Measuring one workload with everyone.
//
// What always holds:
// - Every run is a process of its own, and right before each timed run of a peer there is one of
//   the reference. A ratio compares only such two, so that a drift of the machine cancels.
// - A run counts only when its checksum says that it drew the sizes and slots that the seed gives.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { Peer as Nothing } from "./peers/nothing.mjs";
import { run } from "./workloads.mjs";

const patience = 120_000;
const here = dirname(fileURLToPath(import.meta.url));

/** The figures of each peer by its ID. `workload.pairs` says whether it is timed. */
export function measure(workload, { reference, others, native, settings }) {
  const runs = new Map([reference, ...others].map(({ id }) => [id, []]));
  const once = (peer, seed) => runOnce(peer, workload, { seed, native, warmUp: settings.warmUp });
  for (const seed of settings.seeds) {
    runs.get(reference.id).push(once(reference, seed));
    for (const peer of others) {
      if (workload.pairs === undefined) {
        runs.get(peer.id).push(once(peer, seed));
        continue;
      }
      const base = once(reference, seed);
      const figures = once(peer, seed);
      runs.get(reference.id).push(base);
      runs.get(peer.id).push(figures && { ...figures, ratio: figures.nanoseconds / base?.nanoseconds });
    }
  }
  return Object.fromEntries([...runs].map(([id, list]) => [id, summary(list)]));
}

/** One run's figures, or null when it did not end. */
function runOnce(peer, workload, { seed, native, warmUp }) {
  const bearable = scale(peer, workload);
  const [command, args] = commandFor(peer, bearable, { seed, native, warmUp });
  const { status, error, stdout, stderr } =
    spawnSync(command, args, { cwd: here, encoding: "utf8", timeout: patience, maxBuffer: 2 ** 26 });
  if (error?.code === "ETIMEDOUT") return null;
  if (status !== 0) throw new Error(`${peer.id} failed: ${error?.message ?? stderr}`);
  const { checksum, counts, ...figures } = JSON.parse(stdout);
  assertSame(peer, bearable, { seed, checksum, counts });
  const { pairs, arena } = bearable;
  return { ...figures, pairs, arena, scaled: pairs !== workload.pairs || arena !== workload.arena };
}

/** A workload as large as this peer can bear. */
function scale({ share = {} }, workload) {
  if (workload.pairs === undefined) return { ...workload, arena: workload.arena * (share.arena ?? 1) };
  return { ...workload, pairs: Math.ceil(workload.pairs * (share.pairs?.(workload) ?? 1)) };
}

/** The program to start, with its arguments. */
function commandFor(peer, workload, { seed, native, warmUp }) {
  const { kind, arena, blocks = 0, pairs = 0 } = workload;
  const first = Math.ceil(pairs * warmUp);
  if (peer.native) return [native, [peer.native, kind, ...[arena, blocks, pairs, first, seed].map(String)]];
  return [process.execPath, ["run.mjs", JSON.stringify({ ...peer, workload, warmUp: first, seed })]];
}

const expected = new Map();

/** The draws depend on the seed alone, and on how many requests were served before a refusal. */
function assertSame({ id }, { kind, arena, blocks, pairs }, { seed, checksum, counts }) {
  const key = JSON.stringify([kind, blocks, pairs, counts, seed]);
  if (!expected.has(key)) {
    const replay = new Nothing(counts ?? []);
    expected.set(key, run(replay, { kind, arena, blocks, pairs }, seed).checksum);
  }
  if (checksum !== expected.get(key)) throw new Error(`${id} was given other sizes or slots than the workload says`);
}

/** Medians over the runs; null when one did not end. */
function summary(runs) {
  if (runs.includes(null)) return null;
  const names = Object.keys(runs[0]).filter((name) => typeof runs[0][name] === "number");
  const medians = names.map((name) => [name, median(runs.map((figures) => figures[name]))]);
  const times = runs.map(({ nanoseconds }) => nanoseconds).filter((time) => time !== undefined);
  return { ...Object.fromEntries(medians), scaled: runs[0].scaled, runs: times };
}

function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
