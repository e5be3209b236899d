// The package's main entry: loading, the manager, its errors.

import { init as load } from "./load.js";

export { initSync } from "./load.js";
export { MemoryManager } from "./manager.js";
export { MemoryError } from "./errors.js";

export default function init(source) {
  return load(source);
}
