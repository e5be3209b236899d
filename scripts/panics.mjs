// What is left of panics in a module: that they end the program.
//
// What always holds: a function of Rust's that does nothing but panic is a trap afterwards, as it was in
// the end before; the words that it would have said have nowhere to go in WebAssembly.
import { readFileSync, writeFileSync } from "node:fs";

/** Functions of the core and standard libraries that never return, by their demangled names. */
const NEVER_RETURN = [
  /^core(\[\w+\])?::(panicking|cell)::(panic|assert_failed)/,
  /^core(\[\w+\])?::(option|result)::(expect|unwrap)_failed/,
  /^core(\[\w+\])?::slice::\S*(slice_index_fail|len_mismatch_fail|panic_on_ord_violation)/,
  /^core(\[\w+\])?::num::\S*panic_/,
  /^alloc(\[\w+\])?::(raw_vec::(handle_error|capacity_overflow)|alloc::handle_alloc_error)/,
  /^std(\[\w+\])?::(panicking::(panic_handler|panic_with_hook|rust_panic)|thread::local::panic_access_error)/,
];

/** Needs the names of the module; it has none afterwards. */
export async function silencePanics(path) {
  // Imported here: npm packages may have been installed only a moment ago.
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.readBinary(readFileSync(path));
  const functions = Array.from({ length: module.getNumFunctions() }, (_, number) => module.getFunctionByIndex(number));
  const silenced = functions.filter((it) => {
    const { name, module: importedFrom } = binaryen.getFunctionInfo(it);
    return !importedFrom && NEVER_RETURN.some((pattern) => pattern.test(name));
  });
  if (silenced.length === 0) throw new Error(`${path} has no panics, or other names for them`);
  for (const it of silenced) binaryen.Function(it).body = module.unreachable();
  writeFileSync(path, module.emitBinary());
  module.dispose();
}
