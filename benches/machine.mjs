// The machine that was measured on.
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
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

/** Processes that wanted a core within the last minute, on average. */
export function load() {
  return Number(loadavg()[0].toFixed(1));
}
