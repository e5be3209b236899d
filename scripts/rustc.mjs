// What a rustc can do, found out by asking it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask } from "./progress.mjs";

export const wasm = "wasm32-unknown-unknown";

/** Compiling the smallest module is the one honest test: it needs std, a linker, and their match. */
export function compilesToWasm(env) {
  const folder = mkdtempSync(join(tmpdir(), "twingate-memory-"));
  const args = ["--target", wasm, "--crate-type", "cdylib", "-o", join(folder, "probe.wasm"), "-"];
  const answer = ask("rustc", args, { env, input: "pub fn probe() -> String { String::new() }" });
  rmSync(folder, { recursive: true });
  return answer !== null;
}

/** @returns {string | null} null where it does not run */
export function rustVersion(rustc, env) {
  return /^release: (\d+\.\d+\.\d+)/m.exec(ask(rustc, ["-vV"], { env }) ?? "")?.[1] ?? null;
}
