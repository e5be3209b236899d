// Composes the set-up: each part is looked for once per run, and installed only when something
// that needs it asks. The parts know nothing of one another.
import { delimiter, dirname } from "node:path";
import { ensureBrowser, ensureFirefox } from "./browser.mjs";
import { ensureWasmClippy } from "./debian-rust.mjs";
import { bin, ensurePackages } from "./packages.mjs";
import { ensureRust, ensureStdSources, ensureWasmTarget, immediateAbort, oldestRust } from "./toolchain.mjs";
import { ensureGeckodriver, ensureTools } from "./tools.mjs";

const once = (work) => {
  let result;
  return () => (result ??= work());
};

export const packages = once(ensurePackages);
export const rust = once(ensureRust);
export const browser = once(ensureBrowser);
const wasmTarget = once(async () => ensureWasmTarget(await rust()));

/** Environment for building to WebAssembly, std along with it, whose panics are traps. `wasm-opt` comes with the npm packages. */
export const wasmWithStd = once(async () => {
  const env = await rust();
  await packages();
  const folders = [...await ensureTools(env, { withPack: false }), ...await wasmTarget(), bin];
  return ensureStdSources(prepend(folders, env), immediateAbort);
});

/** Environment for building std for this machine. */
export const stdSources = once(async () => ensureStdSources(await rust(), oldestRust()));

/** Environment for building to WebAssembly with the std that comes with Rust. */
export const wasm = once(async () => prepend(await wasmTarget(), await rust()));

/** Environment for linting the WebAssembly side. */
export const wasmLint = once(async () => {
  await ensureWasmClippy(await wasmTarget());
  return wasm();
});

/** What wasm-pack needs to build and to test: folders to put before PATH, folders to put after it
 *  (a driver's folder may hold another cargo), and the browser's paths. */
export const packAdditions = once(async () => {
  const env = await rust();
  await packages();
  const before = [...await ensureTools(env, { withPack: true }), ...await wasmTarget(), bin];
  const { chrome, driver } = await browser();
  const variables = { CHROME_PATH: chrome, ...(driver && { CHROMEDRIVER: driver }) };
  return { before, after: driver ? [dirname(driver)] : [], variables };
});

/** Environment for wasm-pack. */
export const pack = once(async () => {
  const { before, after, variables } = await packAdditions();
  return { ...prepend(before, await rust(), after), ...variables };
});

/** Environment for wasm-pack in Firefox; null where there is none and none can be had. */
export const packFirefox = once(async () => {
  if (await ensureFirefox() === null) return null;
  const env = await pack();
  return prepend(await ensureGeckodriver(env), env);
});

function prepend(before, env, after = []) {
  return { ...env, PATH: [...before, env.PATH, ...after].join(delimiter) };
}
