// The class that people see.
//
// What always holds:
// - It checks the kind of what it is given, calls the module, and turns what the module tells into
//   values and errors. It decides nothing and computes no address.
// - Reading options or data may run code of the user's, which may dispose of the manager: whoever reads
//   them asks afterwards whether it is still there.

import { MemoryError, optionsOf, shortened, tooLong, wrongKind, wrongValue } from "./errors.js";
import { main } from "./main.js";
import { buffer, endViews, isMemory, memoryEpoch } from "./memory.js";
import { letGo, made } from "./objects.js";
import { keepReserve, RawManager } from "./raw/twingate_memory.js";
import { errorOf, explanationOf, extentsOf, snapshotOf, statsOf } from "./shapes.js";
import { bytesOf, codecs, lengthOfKind } from "./units.js";

// What the module says instead of an ID.
const NO_UNITS = -1;

// What it says instead of a place in its memory.
const REFUSED = -1;
const SCATTERED = -2;

const PARTS = "take a snapshot with { contents: false }, and read the blocks";

const copyInto = Uint8Array.prototype.set;

/** Objects of the module that no manager has yet. Each goes to one: what disposes of it would end the other's, too. */
const waiting = new WeakSet();

// A view is onto the memory, and would not keep the manager alive that it belongs to.
const managers = new WeakMap();

/** Names the method that gives another file of the package what the module knows as the manager. */
export const raw = Symbol("raw");

/** Names the options that a class has beside those of every manager. */
export const also = Symbol("also");

export class MemoryManager {
  static [also] = [];

  #raw;
  #owned;
  #codec;
  /** All memory in units, as it was last. */
  #units;
  /** The epoch when views were handed out, or undefined when there are none. */
  #viewed;

  constructor(capacity, options) {
    main.assertReady();
    // One that exists already comes from `around`. A class of the user's sees it too, and can make one manager of it.
    const raw = waiting.delete(capacity) ? capacity : make(capacity, options ?? {}, new.target[also] ?? []);
    this.#raw = made(raw, keepReserve);
    this.#owned = this.#raw.storage === "owned";
    this.#codec = codecs[this.#raw.unit];
    this.#units = new this.#codec.Typed();
  }

  static load(bytes) {
    main.assertReady();
    lengthOfKind("a save", bytes, codecs.u8, "ERR_INVALID_ARGUMENT");
    const raw = made(RawManager.load(apart(bytesOf(bytes))), keepReserve);
    const manager = around(raw, this);
    if (#raw in manager && manager.#raw === raw) return manager;
    manager.dispose?.();
    letGo(raw);
    throw wrongValue("load made another manager than the saved one: have the constructor of your class pass all its "
      + "arguments to super, or use MemoryManager.load");
  }

  get capacity() {
    return this.#live().capacity;
  }

  get unit() {
    return this.#live().unit;
  }

  get placement() {
    return this.#live().placement;
  }

  get storage() {
    return this.#live().storage;
  }

  get autoDefragment() {
    return this.#live().autoDefragment;
  }

  get usedUnits() {
    return this.#count(this.#live().usedUnits);
  }

  get freeUnits() {
    const raw = this.#live();
    return raw.capacity - this.#count(raw.usedUnits);
  }

  get blockCount() {
    return this.#count(this.#live().blockCount);
  }

  get viewsEpoch() {
    return this.#live().viewsEpoch + memoryEpoch();
  }

  alloc(size, options) {
    const id = this.#request(size, options);
    if (id <= 0) throw this.#refusal();
    return id;
  }

  tryAlloc(size, options) {
    const id = this.#request(size, options);
    if (id > 0) return id;
    if (id === NO_UNITS) return undefined;
    throw this.#refusal();
  }

  /** The ID of a new block, or what the module says instead. */
  #request(size, options) {
    const raw = this.#live();
    if (typeof size !== "number") throw wrongKind("the size", size, "a number");
    const id = options != null ? this.#allocAligned(size, options)
      : isSmall(size) ? raw.allocSmall(size) : raw.alloc(size);
    if (this.#viewed !== undefined) this.#endViews();
    return id;
  }

  #allocAligned(size, options) {
    const align = alignment(options);
    return this.#live().allocAligned(size, align);
  }

  free(id) {
    const raw = this.#withId(id);
    const freed = isSmall(id) ? raw.releaseSmall(id) : raw.release(id);
    if (!freed) throw this.#refusal();
    if (this.#viewed !== undefined) this.#endViews();
  }

  resize(id, size) {
    const raw = this.#withId(id);
    if (typeof size !== "number") throw wrongKind("the size", size, "a number");
    const resized = raw.resize(id, size);
    if (this.#viewed !== undefined) this.#endViews();
    if (!resized) throw this.#refusal();
  }

  clear() {
    if (!this.#live().clear()) throw this.#refusal();
    if (this.#viewed !== undefined) this.#endViews();
  }

  ids() {
    return Array.from(this.#told(this.#live().ids()));
  }

  has(id) {
    return this.#count(this.#live().has(typeof id === "number" ? id : NaN)) === 1;
  }

  size(id) {
    return this.#count(this.#withId(id).size(id));
  }

  length(id) {
    return this.#count(this.#withId(id).length(id));
  }

  write(id, data) {
    this.#withId(id);
    const units = this.#owned ? this.#codec.encode(data, (count) => this.#assertRoom(id, count)) : new Uint8Array();
    if (!this.#live().writeAt(id, 0, apart(bytesOf(units)), true)) throw this.#refusal();
    if (this.#viewed !== undefined) this.#endViews();
  }

  #assertRoom(id, count) {
    // A class of the user's may mean something else by `size`.
    if (count <= this.#count(this.#live().size(id))) return;
    this.#live().refuseData(id, count);
    throw this.#refusal();
  }

  read(id) {
    let length = this.#owned ? this.#count(this.#withId(id).length(id)) : 0;
    try {
      for (;;) {
        const units = new this.#codec.Typed(length);
        length = this.#count(this.#withId(id).readAt(id, 0, bytesOf(units), true));
        // It is another length where another worker wrote in between.
        if (length === units.length) return this.#codec.decode(units);
      }
    } catch (error) {
      throw tooLong(error, "read parts of the block with readInto, or use its views");
    }
  }

  writeFrom(id, offset, source) {
    const raw = this.#withId(id);
    if (typeof offset !== "number") throw wrongKind("the offset", offset, "a number");
    const count = this.#lengthOf("the source", source);
    if (count > 0) this.#codec.check?.(source, count);
    const place = raw.placeToWrite(id, offset, count);
    if (place >= 0) this.#memory(place + count).set(source, place);
    else if (place === REFUSED || !raw.writeAt(id, offset, apart(this.#bytesOf(source)), false)) throw this.#refusal();
  }

  readInto(id, offset, target) {
    const raw = this.#withId(id);
    if (typeof offset !== "number") throw wrongKind("the offset", offset, "a number");
    const count = this.#lengthOf("the target", target);
    const place = raw.placeToRead(id, offset, count);
    if (place === SCATTERED) return this.#readApart(id, offset, this.#bytesOf(target));
    if (place === REFUSED) throw this.#refusal();
    copyInto.call(target, this.#memory(place + count).subarray(place, place + count));
    return count;
  }

  /** What lies in several extents, into bytes that may be some of them. */
  #readApart(id, offset, target) {
    const bytes = apart(target);
    const count = this.#count(this.#live().readAt(id, offset, bytes, false));
    // What another thread has written past that is not ours to undo.
    if (bytes !== target) target.set(bytes.subarray(0, count * this.#codec.Typed.BYTES_PER_ELEMENT));
    return count;
  }

  views(id) {
    const table = this.#told(this.#withId(id).views(id));
    const { Typed } = this.#codec;
    const views = [];
    for (let row = 0; row < table.length; row += 2) {
      views.push(new Typed(buffer(), table[row] * Typed.BYTES_PER_ELEMENT, table[row + 1]));
    }
    for (const view of views) managers.set(view, this);
    this.#viewed ??= this.#raw.viewsEpoch;
    return views;
  }

  address(id) {
    return this.#count(this.#withId(id).address(id));
  }

  extents(id) {
    return extentsOf(this.#told(this.#withId(id).extents(id)));
  }

  pin(id) {
    if (!this.#withId(id).setPinned(id, true)) throw this.#refusal();
  }

  isPinned(id) {
    return this.#count(this.#withId(id).isPinned(id)) === 1;
  }

  unpin(id) {
    if (!this.#withId(id).setPinned(id, false)) throw this.#refusal();
  }

  defragment(options) {
    this.#live();
    const { order, maxMoves, maxUnits, maxMicros } = defragmentOptions(options ?? {});
    const result = this.#live().defragment(order, maxMoves, maxUnits, maxMicros);
    if (this.#viewed !== undefined) this.#endViews();
    return reportOf(this.#told(result));
  }

  takeRelocations() {
    return listOf(this.#told(this.#live().takeRelocations()));
  }

  explain(size, options) {
    this.#live();
    if (typeof size !== "number") throw wrongKind("the size", size, "a number");
    const align = alignment(options ?? {});
    return explanationOf(this.#told(this.#live().explain(size, align)));
  }

  stats() {
    return statsOf(this.#told(this.#live().stats()));
  }

  snapshot(options) {
    this.#live();
    const contents = withContents(options ?? {});
    const raw = this.#live();
    const snapshot = snapshotOf(this.#told(raw.snapshot()), raw.unit, raw.placement);
    snapshot.contents = contents && this.#owned ? this.#contents() : [];
    return snapshot;
  }

  save() {
    let bytes;
    this.#count(this.#live().save((length) => (bytes = new Uint8Array(length))));
    return bytes;
  }

  toString() {
    const raw = this.#live();
    const [used, blocks] = [this.#count(raw.usedUnits), this.#count(raw.blockCount)];
    const counts = `capacity ${raw.capacity}, used ${used}, free ${raw.capacity - used}, blocks ${blocks}`;
    if (!this.#owned) return counts;
    try {
      return `${counts}\n${this.#contents().map((value) => shown(value)).join(" ")}`;
    } catch (error) {
      throw tooLong(error, PARTS);
    }
  }

  /** One line for Node's console. */
  [Symbol.for("nodejs.util.inspect.custom")]() {
    const { name } = this.constructor;
    try {
      const { capacity, usedUnits: used, blockCount: blocks, placement, unit } = this;
      return `${name} { capacity: ${capacity}, used: ${used}, blocks: ${blocks}, placement: "${placement}", unit: "${unit}" }`;
    } catch ({ code }) {
      return `${name} (${code === "ERR_DISPOSED" ? "disposed" : code})`;
    }
  }

  dispose() {
    if (this.#raw !== undefined) letGo(this.#raw);
    this.#raw = undefined;
    if (this.#viewed !== undefined) endViews();
    this.#viewed = undefined;
  }

  [Symbol.dispose]() {
    this.dispose();
  }

  [raw]() {
    return this.#live();
  }

  #live() {
    if (this.#raw !== undefined) return this.#raw;
    throw new MemoryError("this manager was disposed of: make a new one", { code: "ERR_DISPOSED" });
  }

  #withId(id) {
    const raw = this.#live();
    if (typeof id !== "number") throw wrongKind("the ID", id, "a number");
    return raw;
  }

  #count(count) {
    if (count < 0) throw this.#refusal();
    return count;
  }

  #told(result) {
    if (result === undefined) throw this.#refusal();
    return result;
  }

  #refusal() {
    return errorOf(this.#raw.takeError());
  }

  /** Units of data from outside; without storage it is refused, whatever it is. */
  #lengthOf(what, data) {
    return this.#owned ? lengthOfKind(what, data, this.#codec) : 0;
  }

  #bytesOf(data) {
    return this.#owned ? bytesOf(data) : new Uint8Array();
  }

  /** All memory in units, so many at least. */
  #memory(least) {
    if (this.#units.length < least) this.#units = new this.#codec.Typed(buffer());
    return this.#units;
  }

  /** Ends all views if a block that has any moved or went: what lies there now is not to be seen. */
  #endViews() {
    if (this.#raw.viewsEpoch === this.#viewed) return;
    endViews();
    this.#viewed = undefined;
  }

  /** The value of each unit, or null. */
  #contents() {
    const raw = this.#live();
    try {
      const units = new this.#codec.Typed(raw.capacity);
      const written = new Uint8Array(raw.capacity);
      if (!raw.contents(bytesOf(units), written)) throw this.#refusal();
      return Array.from(units, (unit, place) => (written[place] ? this.#codec.value(unit) : null));
    } catch (error) {
      throw tooLong(error, PARTS);
    }
  }
}

/** Whether a number is one that engines have as an integer. */
function isSmall(number) {
  return (number | 0) === number;
}

function shown(value) {
  if (value === null) return "-";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Bytes that stay as they are while the module moves its own, or has more memory. */
function apart(bytes) {
  return isMemory(bytes.buffer) ? bytes.slice() : bytes;
}

/** A manager of a class, perhaps the user's, for an object of the module. */
export function around(raw, Class) {
  waiting.add(raw);
  try {
    return new Class(raw);
  } catch (error) {
    letGo(raw);
    throw error;
  } finally {
    waiting.delete(raw);
  }
}

function make(capacity, options, others) {
  if (typeof capacity !== "number") throw wrongKind("the capacity", capacity, "a number");
  const { unit, placement, storage, autoDefragment } = checkOptions(options, others);
  return new RawManager(capacity, unit, placement, storage, autoDefragment ?? false);
}

const OPTIONS = { unit: "string", placement: "string", storage: "string", autoDefragment: "boolean" };

function checkOptions(options, others) {
  optionsOf(options, [...Object.keys(OPTIONS), ...others]);
  const given = {};
  for (const [name, kind] of Object.entries(OPTIONS)) {
    const value = options[name];
    if (value !== undefined && typeof value !== kind) throw wrongKind(name, value, `a ${kind}`);
    given[name] = kind === "string" && value ? shortened(value) : value;
  }
  return given;
}

function withContents(options) {
  const { contents = true } = optionsOf(options, ["contents"]);
  if (typeof contents !== "boolean") throw wrongKind("contents", contents, "a boolean");
  return contents;
}

function alignment(options) {
  if (typeof options !== "object") throw wrongKind("the options", options, "an object");
  // An allocation need not wait for a list of its options' names.
  for (const name in options) if (name !== "align") optionsOf(options, ["align"]);
  const { align } = options;
  if (align === undefined) return optionsOf(options, ["align"]) && 1;
  if (typeof align !== "number") throw wrongKind("align", align, "a number");
  return align;
}

/** What `defragment` is asked, as the module takes it: in numbers. */
function defragmentOptions(options) {
  optionsOf(options, ["order", "maxMoves", "maxUnits", "maxMicros"]);
  return {
    order: orderNumber(options.order),
    maxMoves: budget("maxMoves", options.maxMoves),
    maxUnits: budget("maxUnits", options.maxUnits),
    maxMicros: budget("maxMicros", options.maxMicros),
  };
}

// As the module numbers them.
const ORDERS = ["allocation", "address", "any"];
const NO_ORDER = ORDERS.length;
const NO_BUDGET = NaN;

function orderNumber(order) {
  if (order === undefined) return NO_ORDER;
  if (typeof order !== "string") throw wrongKind("order", order, "a string");
  const number = ORDERS.indexOf(order);
  if (number < 0) throw wrongValue(`there is no order "${shortened(order)}": use one of ${ORDERS.join(", ")}`);
  return number;
}

function budget(name, most) {
  if (most === undefined) return NO_BUDGET;
  if (typeof most !== "number") throw wrongKind(name, most, "a number");
  if (!(most >= 0)) throw wrongValue(`${name} must be a number of at least 0, not ${most}`);
  return most;
}

/** A report, from a table of its figures and the relocations. These become a table of their own, and
 *  objects, when they are first asked for. */
function reportOf(table) {
  let relocationTable;
  let relocations;
  return {
    done: table[0] === 1,
    moves: table[1],
    unitsMoved: table[2],
    left: { pinned: table[3], tooLarge: table[4], blocked: table[5] },
    get relocationTable() {
      return (relocationTable ??= table.slice(6));
    },
    get relocations() {
      return (relocations ??= listOf(table.subarray(6)));
    },
  };
}

function listOf(table) {
  const relocations = [];
  for (let row = 0; row < table.length; row += 4) {
    const [id, from, to, length] = table.subarray(row, row + 4);
    relocations.push({ id, from, to, length, step: 1 });
  }
  return relocations;
}
