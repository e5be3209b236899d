// The module of the main entry.

import { Loader, loadCompanions } from "./load.js";
import load, { initSync } from "./raw/twingate_memory.js";

export const main = new Loader(async (source) => {
  await load(source);
  await loadCompanions();
}, initSync);
