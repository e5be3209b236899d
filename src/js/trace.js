// The entry `twingate-memory/trace`.

import { module } from "./trace-module.js";

export { CapacitySearch, smallestCapacity } from "./capacity.js";
export { MemoryError } from "./errors.js";
export { Player } from "./player.js";
export { parseTrace, TraceReader } from "./reader.js";
export { Replay, replay } from "./replay.js";

export default function init(source) {
  return module.init(source);
}

export function initSync(source) {
  module.initSync(source);
}
