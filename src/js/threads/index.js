// The entry for several workers: managers that any number of them use at once.
//
// What always holds: a shared manager is the package's manager, over the module for several
// workers; what is safe between workers, that module sees to.

import { assertOurs } from "../load.js";
import { MemoryError, optionsOf, wrongKind, wrongValue } from "./errors.js";
import { ENTRY, LEAST, main, PATIENCE } from "./main.js";
import { also, around, MemoryManager, raw } from "./manager.js";
import { isShared } from "./memory.js";
import { RawManager } from "./raw/twingate_memory.js";
import { errorOf } from "./shapes.js";

export { MemoryError, MemoryManager };

export default function init(source) {
  return main.init(source);
}

export function initSync(source) {
  main.initSync(source);
}

/** Who has blocks pinned, with their IDs: it is kept, since collecting it would end its pins. */
const pinning = new Map();

export class SharedMemoryManager extends MemoryManager {
  static [also] = ["patience"];

  constructor(capacity, options) {
    main.assertReady();
    // One that exists already was made patiently.
    if (capacity instanceof RawManager) super(capacity);
    else main.patiently(patienceOf(options), () => super(capacity, options));
  }

  static load(bytes, options) {
    main.assertReady();
    return main.patiently(onlyPatience(options), () => super.load(bytes));
  }

  pin(id) {
    super.pin(id);
    if (!pinning.has(this)) pinning.set(this, new Set());
    pinning.get(this).add(id);
  }

  unpin(id) {
    super.unpin(id);
    forgetPin(this, id);
  }

  free(id) {
    super.free(id);
    if (pinning.size > 0) forgetPin(this, id);
  }

  clear() {
    super.clear();
    pinning.delete(this);
  }

  dispose() {
    super.dispose();
    pinning.delete(this);
  }

  share() {
    const manager = this[raw]().share();
    if (manager === 0) throw errorOf(this[raw]().takeError());
    return { kind: ENTRY, ...main.place, manager };
  }

  static async attach(handle, options) {
    const { module, memory, gate, id, manager } = checkHandle(handle);
    const patience = onlyPatience(options);
    main.join({ module, memory, gate, id }, patience);
    return main.patiently(patience, () => attached(RawManager.attach(manager)));
  }
}

// Named outside of the class: within it, the bundler would rename the class.
const attached = (raw) => around(raw, SharedMemoryManager);

function forgetPin(manager, id) {
  const pins = pinning.get(manager);
  if (pins?.delete(id) && pins.size === 0) pinning.delete(manager);
}

/** Before anyone passes the gate with it, which would stay shut. */
function checkHandle(handle) {
  const { kind, module, memory, gate, id, manager } = handle ?? {};
  const whole = kind === ENTRY && module instanceof WebAssembly.Module && isRoomy(memory)
    && gate instanceof Int32Array && gate.length > 0 && typeof id === "string"
    && Number.isInteger(manager) && manager > 0 && manager < 2 ** 32;
  if (!whole) throw wrongKind("what to attach to", handle, "a value that share() returned");
  assertOurs(module, ENTRY);
  return { module, memory, gate, id, manager };
}

/** Whether it is shared, and at least as large as the module wants it. */
function isRoomy(memory) {
  return memory instanceof WebAssembly.Memory && isShared(memory.buffer) && memory.buffer.byteLength >= LEAST;
}

/** Where there is no other option. */
function onlyPatience(options) {
  return patienceOf(optionsOf(options ?? {}, SharedMemoryManager[also]));
}

function patienceOf(options) {
  const { patience = PATIENCE } = options ?? {};
  if (typeof patience !== "number") throw wrongKind("patience", patience, "a number");
  if (!(patience > 0)) throw wrongValue(`patience must be a number above 0, not ${patience}`);
  return patience;
}
