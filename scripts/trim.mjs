// Takes out of what wasm-bindgen generated what only costs bytes.
//
// What always holds: the module and its script still fit each other, and do what they did.
import { readFileSync, writeFileSync } from "node:fs";

/** What js-sys has to call closures and to wake tasks, which nothing here makes. It stays in the table of functions,
 *  where wasm-bindgen has looked up what kinds of closures there are. */
const UNUSED = /^wasm_bindgen\b.*::closures::_::invoke::|\bjs_sys\b.*::futures::/;

/** @param path the module's; it keeps its names
 *  @param script the path of the script that loads it */
export async function trim(path, script) {
  // Imported here: npm packages may have been installed only a moment ago.
  const { default: binaryen } = await import("binaryen");
  binaryen.setDebugInfo(true);
  const module = binaryen.readBinary(readFileSync(path));
  const functions = Array.from({ length: module.getNumFunctions() },
    (_, index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
  for (const { name, params, results } of functions.filter(({ name, base }) => !base && UNUSED.test(name))) {
    module.removeFunction(name);
    module.addFunction(name, params, results, [], module.unreachable());
  }
  const short = withShortImports(module, functions.filter(({ base }) => base));
  writeFileSync(path, module.emitBinary());
  writeFileSync(script, readFileSync(script, "utf8").replace(/\b__wb\w+/g, (name) => short.get(name) ?? name));
  module.dispose();
}

/** Gives the functions that a module imports short names; each has a hash in its own. Returns them by the old names. */
function withShortImports(module, imported) {
  const short = new Map(imported.map(({ base }, index) => [base, `_${index}`]));
  for (const { name, module: from, base, params, results } of imported) {
    module.removeFunction(name);
    module.addFunctionImport(name, from, short.get(base), params, results);
  }
  return short;
}
