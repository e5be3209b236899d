// The machine that was measured on.
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { setTimeout } from "node:timers/promises";
import { ask } from "../scripts/progress.mjs";

export function machine(env) {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    rustc: ask("rustc", ["--version"], { env })?.split(" ")[1] ?? "none",
    date: new Date().toISOString().slice(0, 10),
  };
}

/** How many cores other work keeps busy: what all of them do in a second in which this process does nothing. */
export async function busyCores() {
  const before = cpus();
  await setTimeout(1000);
  const share = ({ times }, core) => {
    const passed = Object.keys(times).map((kind) => [kind, times[kind] - before[core].times[kind]]);
    const all = passed.reduce((sum, [, time]) => sum + time, 0);
    return all > 0 ? 1 - passed.find(([kind]) => kind === "idle")[1] / all : 0;
  };
  return Number(cpus().map(share).reduce((sum, busy) => sum + busy, 0).toFixed(2));
}
