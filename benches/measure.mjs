// Measuring one workload with everyone.
//
// What always holds:
// - Every run is a process of its own, and right before each timed run of a peer there is one of
//   the reference. A ratio compares only such two, so that a drift of the machine cancels. Where a
//   run is `steady`, the least of several, one of the reference for each seed will do.
// - A run counts only when its checksum says that it drew the sizes and slots that the seed gives.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./numbers.mjs";
import { Peer as Nothing } from "./peers/nothing.mjs";

const patience = 120_000;
const here = dirname(fileURLToPath(import.meta.url));

/** The figures of each peer by its ID. */
export async function measure(group, workload, { reference, others, native, settings }) {
  const { replay } = await import(`./workloads/${group}.mjs`);
  const runs = new Map([reference, ...others].map(({ id }) => [id, []]));
  for (const seed of settings.seeds) {
    const once = (peer) => runOnce(peer, workload, { group, replay, seed, native, settings });
    let base = once(reference);
    runs.get(reference.id).push(base);
    for (const peer of others) {
      if (workload.ratios && !workload.steady) runs.get(reference.id).push(base = once(reference));
      const figures = once(peer);
      runs.get(peer.id).push(figures && { ...figures, ratios: ratios(figures, base, workload.ratios) });
    }
  }
  return Object.fromEntries([...runs].map(([id, list]) => [id, summary(list, workload)]));
}

/** The figures of these names as multiples of the reference's. */
function ratios(figures, base, names = []) {
  return base && Object.fromEntries(names.map((name) => [name, figures[name] / base[name]]));
}

/** One run's figures, or null when it did not end. */
function runOnce(peer, workload, { group, replay, seed, native, settings }) {
  const bearable = scale(peer, workload);
  const [command, args] = commandFor(peer, bearable, { group, seed, native, settings });
  const { status, error, stdout, stderr } =
    spawnSync(command, args, { cwd: here, encoding: "utf8", timeout: patience, maxBuffer: 2 ** 26 });
  if (error?.code === "ETIMEDOUT") return null;
  if (status !== 0) throw new Error(`${peer.id} failed: ${error?.message ?? stderr}`);
  const { checksum, counts, ...figures } = JSON.parse(stdout);
  assertSame(peer, bearable, { replay, seed, checksum, counts });
  const { pairs, arena } = bearable;
  return { ...figures, pairs, arena, scaled: pairs !== workload.pairs || arena !== workload.arena };
}

/** A workload as large as this peer can bear. */
function scale({ share }, workload) {
  if (share === undefined) return workload;
  if (workload.pairs === undefined) return { ...workload, arena: workload.arena * (share.arena ?? 1) };
  return { ...workload, pairs: Math.ceil(workload.pairs * (share.pairs?.(workload) ?? 1)) };
}

/** The program to start, with its arguments. */
function commandFor(peer, workload, { group, seed, native, settings }) {
  const { kind, arena, blocks = 0, pairs = 0 } = workload;
  const { warmUp, runs, mostRuns, spreadMilliseconds } = settings;
  if (peer.native) {
    const numbers = [arena, blocks, pairs, Math.ceil(pairs * warmUp), runs, mostRuns, spreadMilliseconds, seed];
    return [native, [peer.native, kind, ...numbers.map(String)]];
  }
  const { module, option } = peer;
  return [process.execPath, ["run.mjs", JSON.stringify({ group, module, option, workload, ...settings, seed })]];
}

const expected = new Map();

/** The draws depend on the seed alone, and on how many requests were served before a refusal. */
function assertSame({ id }, workload, { replay, seed, checksum, counts }) {
  const { kind, blocks, pairs } = workload;
  const key = JSON.stringify([kind, blocks, pairs, counts, seed]);
  if (!expected.has(key)) expected.set(key, replay(new Nothing(counts ?? []), workload, seed));
  if (checksum !== expected.get(key)) throw new Error(`${id} was given other sizes or slots than the workload says`);
}

/** Medians over the runs; null when one did not end. What is compared is told for each run, too. */
function summary(runs, { ratios = [] }) {
  if (runs.includes(null)) return null;
  const compared = runs.filter((figures) => figures.ratios);
  return {
    ...medians(runs),
    ...(compared.length > 0 && { ratios: medians(compared.map((figures) => figures.ratios)) }),
    scaled: runs[0].scaled,
    runs: Object.fromEntries(ratios.map((name) => [name, runs.map((figures) => figures[name])])),
  };
}

function medians(list) {
  const names = Object.keys(list[0]).filter((name) => typeof list[0][name] === "number");
  return Object.fromEntries(names.map((name) => [name, median(list.map((figures) => figures[name]))]));
}
