// The module of the main entry.

import { loadCompanions, Loader } from "./load.js";
import { initSync } from "./raw/twingate_memory.js";

export const main = new Loader("twingate-memory", initSync, address, loadCompanions);

function address() {
  return new URL("./raw/twingate_memory_bg.wasm", import.meta.url);
}
