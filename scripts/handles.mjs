// JavaScript values as numbers: what a module calls them.
//
// What always holds: no function of a module returns a reference. Node 20's engine, and that of browsers
// as old, builds a call that returns one into the code that it optimises, and ends the process where it
// has to leave that code again ("unreachable code", in Deoptimizer::DoComputeBuiltinContinuation).
// wasm-bindgen hands out references only where a module says that it may use them; else a value is a
// number for the module, and a table in JavaScript says whose it is.
import { readFileSync, writeFileSync } from "node:fs";

// In the section `target_features`: a sign, the length of the name, the name.
const USED = "+\x0freference-types";
const NOT_USED = "-\x0freference-types";

/** Has a module say that it uses no references; its std is compiled by others, who let it say so. Comes
 *  before its bindings are generated. */
export function useHandles(path) {
  const module = readFileSync(path, "latin1");
  if (module.split(USED).length > 2) throw new Error(`${path} names the features that it uses twice`);
  writeFileSync(path, module.replace(USED, NOT_USED), "latin1");
}
