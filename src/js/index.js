// The package's main entry: loading, the manager, its errors.

import { main } from "./main.js";

export { MemoryManager } from "./manager.js";
export { MemoryError } from "./errors.js";

export default function init(source) {
  return main.init(source);
}

export function initSync(source) {
  main.initSync(source);
}
