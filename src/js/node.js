// The main entry in Node, where the module is read from disk: fetch knows no file: URLs there.

import { readFile } from "node:fs/promises";
import { main } from "./main.js";

export { initSync, MemoryError, MemoryManager } from "./index.js";

main.find = () => readFile(new URL("./raw/twingate_memory_bg.wasm", import.meta.url));

export default function init(source) {
  const file = source instanceof URL && source.protocol === "file:";
  return main.init(file ? readFile(source) : source);
}
