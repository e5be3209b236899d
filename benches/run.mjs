// One run of one workload with one peer, in a process of its own: node run.mjs '{"module":…}'.
// Prints what the workload reports as JSON.
import { run } from "./workloads.mjs";

const { module, option, workload, warmUp, seed } = JSON.parse(process.argv[2]);
const { open } = await import(module);

// What is timed shall be compiled by then.
if (warmUp > 0) await measure({ ...workload, pairs: warmUp }, seed + 1000);
console.log(JSON.stringify(await measure(workload, seed)));

async function measure(workload, seed) {
  const peer = await open(workload.arena, option);
  const figures = run(peer, workload, seed);
  peer.close();
  return figures;
}
