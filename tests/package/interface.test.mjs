// The interface as a user in Node sees it: results, errors with codes, and nothing changed after
// an error. What the manager computes is for the model tests; here are the edges of JavaScript.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { inspect } from "node:util";
import { createProject } from "./project.mjs";

const entry = join(createProject(), "node_modules", "twingate-memory", "dist");
const load = (file) => import(pathToFileURL(join(entry, file)));
const { default: init, MemoryManager, MemoryError } = await load("index.js");
await init();

/** The error that a call throws; the manager must be as it was. */
function refusal(manager, call) {
  const state = () => inspect([manager.snapshot(), manager.usedUnits], { depth: null, maxArrayLength: null });
  const before = state();
  let thrown;
  assert.throws(call, (error) => Boolean((thrown = error)));
  assert.equal(state(), before);
  assert.ok(thrown.message.length > 20, thrown.message);
  return thrown;
}

function refuses(manager, call, kind, code) {
  const error = refusal(manager, call);
  assert.deepEqual([error.constructor, error.code], [kind, code], error.message);
  return error;
}

test("sizes that are no size", () => {
  const memory = new MemoryManager(6);
  for (const size of [0, -1, 1.5, NaN, Infinity, -Infinity, 2 ** 32, 1e300]) {
    refuses(memory, () => memory.alloc(size), RangeError, "ERR_INVALID_SIZE");
  }
  for (const size of ["5", null, undefined, 5n, {}, [], true, Symbol("5")]) {
    refuses(memory, () => memory.alloc(size), TypeError, "ERR_INVALID_ARGUMENT");
  }
  const error = refuses(memory, () => memory.alloc(7), MemoryError, "ERR_OUT_OF_MEMORY");
  assert.deepEqual([error.requested, error.freeUnits, error.largestFreeExtent], [7, 6, 6]);
});

test("capacities that are none", () => {
  const memory = new MemoryManager(1);
  for (const capacity of [0, -1, 0.5, NaN, Infinity, 2 ** 32 - 1, 2 ** 32, 1e300]) {
    refuses(memory, () => new MemoryManager(capacity), RangeError, "ERR_INVALID_CAPACITY");
  }
  for (const capacity of ["6", null, undefined, 6n]) {
    refuses(memory, () => new MemoryManager(capacity), TypeError, "ERR_INVALID_ARGUMENT");
  }
});

test("IDs that no block has", () => {
  const memory = new MemoryManager(6);
  const stale = memory.alloc(1);
  memory.free(stale);
  const live = memory.alloc(2);
  const uses = { free: [], isPinned: [], size: [], length: [], read: [], extents: [], address: [], pin: [], unpin: [], views: [],
    resize: [1], write: ["a"], writeFrom: [0, Uint32Array.of(97)], readInto: [0, new Uint32Array(1)] };
  for (const [use, rest] of Object.entries(uses)) {
    for (const id of [stale, 0, -1, 1.5, NaN, Infinity, 99, 2 ** 53, 2 ** 64]) {
      const error = refuses(memory, () => memory[use](id, ...rest), MemoryError, "ERR_UNKNOWN_BLOCK");
      assert.ok(Object.is(error.id, id));
    }
    for (const id of [String(live), null, undefined, 1n, {}]) {
      refuses(memory, () => memory[use](id, ...rest), TypeError, "ERR_INVALID_ARGUMENT");
      assert.equal(memory.has(id), false);
    }
  }
});

test("options of the wrong kind, unknown, or to come", () => {
  const memory = new MemoryManager(6);
  const make = (options) => () => new MemoryManager(6, options);
  for (const options of [5, "lifo", { unit: 5 }, { placement: null, unit: "nibble" }, { storage: "rented" },
    { placement: "luck" }, { autoDefragment: "yes" }]) {
    refuses(memory, make(options), TypeError, "ERR_INVALID_ARGUMENT");
  }
  for (const options of [5, { align: "2" }, { alignment: 2 }]) {
    refuses(memory, () => memory.alloc(1, options), TypeError, "ERR_INVALID_ARGUMENT");
  }
  refuses(memory, () => memory.alloc(1, { align: 3 }), RangeError, "ERR_INVALID_ALIGNMENT");
  refuses(memory, () => memory.alloc(1, { align: 2 }), MemoryError, "ERR_UNSUPPORTED");
  for (const options of [5, { order: 5 }, { order: "luck" }, { maxMoves: "1" }, { maxUnits: -1 }, { maxMicros: -0.5 }, { maxMoves: NaN }]) {
    refuses(memory, () => memory.defragment(options), TypeError, "ERR_INVALID_ARGUMENT");
  }
  for (const options of [5, "all", { contents: 1 }, { contents: null }]) {
    refuses(memory, () => memory.snapshot(options), TypeError, "ERR_INVALID_ARGUMENT");
  }
});

test("null counts as no options", () => {
  const memory = new MemoryManager(3, null);
  memory.free(memory.alloc(1, null));
  assert.deepEqual([memory.defragment(null).done, memory.explain(1, null).fits, memory.snapshot(null).contents.length], [true, true, 3]);
});

test("what is of the wrong kind is told what it has to be and what was found", () => {
  const memory = new MemoryManager(6);
  const found = [[null, "null"], ["2", "a string"], [5n, "a bigint"], [true, "a boolean"], [{}, "an Object"],
    [[2], "an Array"], [new Float32Array(1), "a Float32Array"], [new Uint8Array(1), "a Uint8Array"], [Symbol("2"), "a symbol"]];
  for (const [value, name] of found) {
    assert.throws(() => memory.alloc(value), { message: `the size must be a number, not ${name}` });
    assert.throws(() => memory.defragment({ maxMoves: value }), { message: `maxMoves must be a number, not ${name}` });
  }
  for (const value of [5, NaN]) {
    assert.throws(() => memory.defragment({ order: value }), { message: `order must be a string, not ${value}` });
    assert.throws(() => memory.write(memory.alloc(1), value), { message: `the data of "char" units must be a string, not ${value}` });
  }
  assert.throws(() => memory.defragment({ maxMoves: -1 }), { message: "maxMoves must be a number of at least 0, not -1" });
});

test("an option that there is not is refused by its name, with those that there are", () => {
  const memory = new MemoryManager(6, { placement: "tlsf", unit: undefined, what: undefined });
  const uses = {
    'there is no option "placment": use one of unit, placement, storage, autoDefragment': () => new MemoryManager(6, { placment: "tlsf" }),
    'there is no option "alignment": use align': () => memory.alloc(2, { alignment: 16 }),
    'there is no option "Align": use align': () => memory.explain(2, { Align: 16 }),
    'there is no option "place": use align': () => memory.alloc(2, { align: 2, place: 16 }),
    'there is no option "maxMove": use one of order, maxMoves, maxUnits, maxMicros': () => memory.defragment({ maxMove: 4 }),
    'there is no option "content": use contents': () => memory.snapshot({ content: false }),
    'there is no option "patience": use one of unit, placement, storage, autoDefragment': () => new MemoryManager(6, { patience: 4 }),
  };
  for (const [message, use] of Object.entries(uses)) {
    assert.equal(refuses(memory, use, TypeError, "ERR_INVALID_ARGUMENT").message, message);
  }
  assert.throws(() => memory.tryAlloc(2, { alignment: 16 }), { code: "ERR_INVALID_ARGUMENT" });
  for (const [options, kind] of [[[], "an Array"], [new Map([["align", 2]]), "a Map"], [new Set(["align"]), "a Set"]]) {
    for (const use of [() => new MemoryManager(6, options), () => memory.alloc(2, options), () => memory.explain(2, options),
      () => memory.defragment(options), () => memory.snapshot(options)]) {
      const { message } = refuses(memory, use, TypeError, "ERR_INVALID_ARGUMENT");
      assert.equal(message, `the options must be an object, not ${kind}`);
    }
  }
  assert.equal(memory.alloc(2, { align: undefined, more: undefined }), 1);
});

test("a value that a unit cannot hold is told with what it can, and how to write it", () => {
  const said = (unit, data) => {
    const memory = new MemoryManager(6, { unit });
    const id = memory.alloc(3);
    return refuses(memory, () => memory.write(id, data), TypeError, "ERR_TYPE_MISMATCH").message;
  };
  const bigints = "bigints from 0 to 18446744073709551615";
  assert.equal(said("u64", [1]), `data[0] is the number 1, but "u64" units hold ${bigints}: write 1n`);
  assert.equal(said("u64", [0.5]), `data[0] is 0.5, but "u64" units hold ${bigints}`);
  assert.equal(said("u64", [2n ** 64n]), `data[0] is 18446744073709551616n, but "u64" units hold ${bigints}`);
  assert.equal(said("u8", [1n]), 'data[0] is the bigint 1n, but "u8" units hold whole numbers from 0 to 255: write 1');
  assert.equal(said("u8", [1, 2, 256]), 'data[2] is 256, but "u8" units hold whole numbers from 0 to 255');
  assert.equal(said("f64", ["1"]), 'data[0] is "1", but "f64" units hold numbers');
  assert.equal(said("f32", [1e39]), 'data[0] is 1e+39, but "f32" units hold numbers up to some 3.4e38');
});

test("tryAlloc gives undefined where no units serve, and throws whatever else alloc does", () => {
  const memory = new MemoryManager(6, { placement: "first-fit" });
  const [a, b] = [memory.tryAlloc(2), memory.tryAlloc(2, { align: 2 })];
  assert.deepEqual([memory.address(a), memory.address(b)], [0, 2]);
  memory.free(a);
  assert.deepEqual([memory.tryAlloc(5), memory.tryAlloc(4)], [undefined, undefined]);
  assert.equal(memory.stats().failures, 2);
  assert.throws(() => memory.free(99), { code: "ERR_UNKNOWN_BLOCK" }, "what was refused before is not told now");
  assert.throws(() => memory.alloc(4), { code: "ERR_FRAGMENTED", requested: 4, freeUnits: 4, largestFreeExtent: 2 });
  assert.throws(() => memory.alloc(5), { code: "ERR_OUT_OF_MEMORY", requested: 5, freeUnits: 4, largestFreeExtent: 2 });
  assert.equal(memory.stats().failures, 4);
  refuses(memory, () => memory.tryAlloc(0), RangeError, "ERR_INVALID_SIZE");
  refuses(memory, () => memory.tryAlloc("1"), TypeError, "ERR_INVALID_ARGUMENT");
  memory.dispose();
  assert.throws(() => memory.tryAlloc(1), { code: "ERR_DISPOSED" });
});

test("a method without its manager, or through a proxy of it, is refused by the engine, which names the class", () => {
  const memory = new MemoryManager(3);
  const { alloc } = memory;
  for (const call of [() => alloc(1), () => new Proxy(memory, {}).alloc(1), () => new Proxy(memory, {}).usedUnits]) {
    assert.throws(call, { name: "TypeError", message: /\bMemoryManager\b/ });
  }
});

test("a console shows a manager in one line", () => {
  class Mine extends MemoryManager {}
  const memory = new Mine(64, { unit: "u8" });
  memory.alloc(12);
  assert.equal(inspect(memory), 'Mine { capacity: 64, used: 12, blocks: 1, placement: "lifo", unit: "u8" }');
  memory.dispose();
  assert.equal(inspect(memory), "Mine (disposed)");
});

test("whether a block is pinned can be asked", () => {
  const memory = new MemoryManager(6);
  const id = memory.alloc(2);
  assert.equal(memory.isPinned(id), false);
  memory.pin(id);
  assert.equal(memory.isPinned(id), true);
  memory.unpin(id);
  assert.equal(memory.isPinned(id), false);
});

test("data that does not fit, and data as it was", () => {
  const memory = new MemoryManager(8);
  const id = memory.alloc(4);
  refuses(memory, () => memory.write(id, "abcde"), MemoryError, "ERR_OUT_OF_BOUNDS");
  for (const data of [5, null, undefined, new Uint8Array(2), ["a"]]) {
    refuses(memory, () => memory.write(id, data), TypeError, "ERR_TYPE_MISMATCH");
  }
  for (const text of ["", "a", "é漢🦀\0", "\ud800x\udfff"]) {
    memory.write(id, text);
    assert.equal(memory.read(id), text);
    assert.equal(memory.length(id), [...text].length);
  }
  memory.write(id, "🦀");
  assert.deepEqual(memory.snapshot().contents, ["🦀", null, null, null, null, null, null, null]);
});

test("what is of the wrong kind is called by its name", () => {
  const memory = new MemoryManager(6, { unit: "u8" });
  const id = memory.alloc(1);
  const wrong = {
    "the capacity": [() => new MemoryManager("5")],
    "the options": [() => new MemoryManager(5, "u8"), () => memory.alloc(1, "u8"), () => memory.explain(1, "u8"),
      () => memory.defragment("any"), () => memory.snapshot("all")],
    ...Object.fromEntries(["unit", "placement", "storage", "autoDefragment"].map((name) => [name, [() => new MemoryManager(5, { [name]: 5 })]])),
    ...Object.fromEntries(["order", "maxMoves", "maxUnits", "maxMicros"].map((name) => [name, [() => memory.defragment({ [name]: {} })]])),
    "the size": [() => memory.alloc("1"), () => memory.resize(id, "1"), () => memory.explain("1")],
    align: [() => memory.alloc(1, { align: "1" }), () => memory.explain(1, { align: "1" })],
    contents: [() => memory.snapshot({ contents: 1 })],
    "the ID": [() => memory.free("1"), () => memory.read("1")],
    "the offset": [() => memory.writeFrom(id, "0", Uint8Array.of(1)), () => memory.readInto(id, "0", Uint8Array.of(1))],
    "the source": [() => memory.writeFrom(id, 0, [1])], "the target": [() => memory.readInto(id, 0, [1])],
    "a save": [() => MemoryManager.load([1])], 'the data of "u8" units': [() => memory.write(id, 5)],
  };
  for (const [name, calls] of Object.entries(wrong)) {
    for (const call of calls) assert.throws(call, ({ message }) => message.startsWith(`${name} must be `), String(call));
  }
});

const KINDS = {
  u8: { Array: Uint8Array, fit: [0, 255], not: [-1, 256, 0.5, NaN, 1n, "1", null] },
  i8: { Array: Int8Array, fit: [-128, 127], not: [-129, 128, 0.5] },
  u16: { Array: Uint16Array, fit: [0, 65535], not: [-1, 65536] },
  i16: { Array: Int16Array, fit: [-32768, 32767], not: [-32769, 32768] },
  u32: { Array: Uint32Array, fit: [0, 2 ** 32 - 1], not: [-1, 2 ** 32, Infinity] },
  i32: { Array: Int32Array, fit: [-(2 ** 31), 2 ** 31 - 1], not: [-(2 ** 31) - 1, 2 ** 31] },
  u64: { Array: BigUint64Array, fit: [0n, 2n ** 64n - 1n], not: [-1n, 2n ** 64n, 1] },
  i64: { Array: BigInt64Array, fit: [-(2n ** 63n), 2n ** 63n - 1n], not: [-(2n ** 63n) - 1n, 2n ** 63n, 1] },
  f32: { Array: Float32Array, fit: [-0, 0.5, Infinity, NaN], not: [1e39, 1n, "1"] },
  f64: { Array: Float64Array, fit: [-0, Number.MIN_VALUE, NaN], not: [1n, undefined] },
};

for (const [unit, { Array, fit, not }] of Object.entries(KINDS)) {
  test(`${unit} units hold what fits, in its typed array, and refuse the rest`, () => {
    const memory = new MemoryManager(10, { unit });
    const [a, b, c] = [memory.alloc(2), memory.alloc(1), memory.alloc(3)];
    memory.free(a);
    memory.free(c);
    const id = memory.alloc(5); // scattered, in part descending
    for (const data of [fit, Array.from(fit)]) {
      memory.write(id, data);
      const read = memory.read(id);
      assert.equal(read.constructor, Array);
      assert.deepEqual(read, Array.from(fit));
    }
    const values = memory.snapshot().contents.filter((value) => value !== null);
    assert.equal(values.length, fit.length);
    for (const value of fit) assert.ok(values.some((other) => Object.is(other, value)), String(value));
    for (const value of not) {
      const { message } = refuses(memory, () => memory.write(id, [fit[0], value]), TypeError, "ERR_TYPE_MISMATCH");
      assert.ok(message.startsWith("data[1] is ") && message.includes(`, but "${unit}" units hold `), message);
    }
    for (const data of ["1", 5, null, undefined, {}]) {
      refuses(memory, () => memory.write(id, data), TypeError, "ERR_TYPE_MISMATCH");
    }
    refuses(memory, () => memory.write(b, new Array(2)), MemoryError, "ERR_OUT_OF_BOUNDS");
    memory.defragment();
    assert.deepEqual(memory.read(id), Array.from(fit));
  });
}

test("data that is too long is refused before it is read, and an array is what its places hold", () => {
  const [text, numbers] = [new MemoryManager(4), new MemoryManager(4, { unit: "u8" })];
  const [line, id] = [text.alloc(2), numbers.alloc(2)];
  const long = "é🦀".repeat(40_000);
  const tooLong = refuses(text, () => text.write(line, long), MemoryError, "ERR_OUT_OF_BOUNDS");
  assert.deepEqual([tooLong.id, tooLong.requested], [line, 80_000]);
  const unread = new Proxy({ length: 2 ** 32 - 1 }, { get: (target, name) => (name === "length" ? target.length : assert.fail("read")) });
  const { requested } = refuses(numbers, () => numbers.write(id, unread), MemoryError, "ERR_OUT_OF_BOUNDS");
  assert.equal(requested, 2 ** 32 - 1);
  numbers.write(id, { length: 1, 0: 9, *[Symbol.iterator]() { yield* [1, 2, 3]; } });
  assert.deepEqual([...numbers.read(id)], [9]);
});

test("a value for a message runs no code of its own, and is not long", () => {
  const memory = new MemoryManager(4, { unit: "u8" });
  const id = memory.alloc(1);
  const own = { toString: () => assert.fail("asked"), get [Symbol.toStringTag]() { throw new Error("asked"); } };
  for (const value of [Object.create(null), own, "x".repeat(1e6), 10n ** 1000n, Symbol("x"), [], () => {}]) {
    const { message } = refuses(memory, () => memory.write(id, [value]), TypeError, "ERR_TYPE_MISMATCH");
    assert.ok(message.length < 120, message);
    assert.ok(refuses(memory, () => memory.writeFrom(id, 0, value), TypeError, "ERR_TYPE_MISMATCH").message.length < 100);
  }
});

test("IDs are listed in the order of allocation", () => {
  const memory = new MemoryManager(40, { placement: "best-fit" });
  assert.deepEqual(memory.ids(), []);
  const ids = Array.from({ length: 100 }, (_, turn) => {
    if (turn >= 8) memory.free(memory.ids()[(turn * 5) % 8]);
    return memory.alloc(1 + (turn % 3));
  });
  assert.deepEqual(memory.ids(), ids.filter((id) => memory.has(id)));
  assert.deepEqual(memory.ids(), memory.snapshot().blocks.map(({ id }) => id));
});

test("long data is as good as short: values of an array, and code points, past U+FFFF too", () => {
  const numbers = new MemoryManager(10_000, { unit: "u16" });
  const values = Array.from({ length: 10_000 }, (_, place) => place);
  const id = numbers.alloc(10_000);
  numbers.write(id, values);
  assert.deepEqual([...numbers.read(id)], values);
  const text = new MemoryManager(10_000);
  const character = text.alloc(10_000);
  // Two units of a string for every fifth: where its parts are cut, there are some of each.
  const characters = Array.from({ length: 10_000 }, (_, place) => String.fromCodePoint(place % 5 ? 0xfffe + (place % 2) : 0x10000 + place));
  text.write(character, characters.join(""));
  assert.equal(text.read(character), characters.join(""));
  assert.deepEqual(text.snapshot().contents, characters);
});

test("as text a manager shows each value, and a dash where there is none", () => {
  const memory = new MemoryManager(4, { unit: "f64" });
  memory.write(memory.alloc(3), [-0, 0, NaN]);
  assert.equal(String(memory), "capacity 4, used 3, free 1, blocks 1\n-0 0 NaN -");
  assert.equal(String(new MemoryManager(9, { storage: "external" })), "capacity 9, used 0, free 9, blocks 0");
});

test("NaN payloads survive in typed arrays", () => {
  const memory = new MemoryManager(4, { unit: "f64" });
  const id = memory.alloc(1);
  const bits = new BigUint64Array([0x7ff8_0000_dead_beefn]);
  memory.write(id, new Float64Array(bits.buffer));
  assert.equal(new BigUint64Array(memory.read(id).buffer)[0], bits[0]);
});

test("external storage keeps the books and nothing else", () => {
  const memory = new MemoryManager(2 ** 32 - 1, { storage: "external", placement: "tlsf" });
  const id = memory.alloc(2 ** 32 - 1);
  assert.deepEqual([memory.address(id), memory.freeUnits, memory.storage], [0, 0, "external"]);
  for (const call of [() => memory.read(id), () => memory.write(id, "a"), () => memory.write(id, 5),
    () => memory.views(id), () => memory.writeFrom(id, 0, 5), () => memory.readInto(id, 0, null)]) {
    refuses(memory, call, MemoryError, "ERR_NO_STORAGE");
  }
  refuses(memory, () => memory.defragment(), MemoryError, "ERR_UNSUPPORTED");
  assert.deepEqual(memory.snapshot().contents, []);
  assert.equal(memory.defragment({ order: "any" }).done, true);
});

test("a fragmented manager says what would help, and compacts when it may", () => {
  const fill = (options) => {
    const memory = new MemoryManager(100, { placement: "first-fit", ...options });
    const ids = Array.from({ length: 10 }, () => memory.alloc(10));
    ids.filter((_, n) => n % 2).forEach((id) => memory.free(id));
    return memory;
  };
  const memory = fill();
  const error = refuses(memory, () => memory.alloc(30), MemoryError, "ERR_FRAGMENTED");
  assert.deepEqual([error.requested, error.freeUnits, error.largestFreeExtent], [30, 50, 10]);
  const { fits, unitsToMove, reason } = memory.explain(30);
  assert.deepEqual([fits, unitsToMove], [false, 10]);
  assert.match(reason, /moving 10 units/);
  assert.equal(memory.explain(60).unitsToMove, null);
  const automatic = fill({ autoDefragment: true, storage: "external" });
  automatic.alloc(30);
  const moved = automatic.takeRelocations();
  assert.equal(moved.reduce((sum, { length }) => sum + length, 0), automatic.stats().unitsMoved);
  assert.deepEqual(automatic.takeRelocations(), []);
});

test("a report: budgets, relocations as objects and as a table, pins", () => {
  const memory = new MemoryManager(40, { placement: "best-fit" });
  const ids = Array.from({ length: 8 }, () => memory.alloc(5));
  [0, 2, 4].forEach((n) => memory.free(ids[n]));
  memory.pin(ids[1]);
  const report = memory.defragment({ order: "address", maxMoves: 1 });
  assert.deepEqual([report.done, report.moves, report.unitsMoved, report.left.pinned], [false, 1, 5, 1]);
  assert.deepEqual(report.relocations, [{ id: ids[3], from: 15, to: 10, length: 5, step: 1 }]);
  assert.deepEqual([...report.relocationTable], [ids[3], 15, 10, 5]);
  assert.equal(report.relocationTable.buffer.byteLength, report.relocationTable.byteLength);
  assert.equal(memory.snapshot({ contents: false }).blocks[0].pinned, true);
  const rest = memory.defragment({ order: "address", maxMicros: 1e6 });
  assert.deepEqual([rest.done, memory.address(ids[1]), memory.address(ids[7])], [true, 5, 25]);
});

test("a report: what stayed is counted by why it stayed, and a budget of 0 moves nothing", () => {
  const fill = (...sizes) => {
    const memory = new MemoryManager(sizes.reduce((sum, size) => sum + size), { unit: "u8", placement: "first-fit" });
    return [memory, sizes.map((size) => memory.alloc(size))];
  };
  const [memory, [first, pinned, third]] = fill(2, 2, 2, 5, 4);
  [first, third].forEach((id) => memory.free(id));
  memory.pin(pinned);
  const { left } = memory.defragment({ order: "address", maxUnits: 4 });
  assert.deepEqual(left, { pinned: 1, tooLarge: 1, blocked: 0 });
  for (const budget of [{ maxMoves: 0 }, { maxUnits: 0 }, { maxMicros: 0 }]) {
    assert.equal(memory.defragment({ order: "address", ...budget }).moves, 0);
  }
  const [full, [low]] = fill(4, 4, 4);
  full.free(low);
  full.alloc(4);
  assert.deepEqual(full.defragment({ order: "allocation", maxMoves: 9 }).left, { pinned: 0, tooLarge: 0, blocked: 2 });
});

test("however little time each call has, the last one comes", () => {
  for (const options of [{ placement: "tlsf", storage: "external" }, { placement: "first-fit", storage: "external" },
    { placement: "lifo", unit: "f64" }, { placement: "address-ordered", storage: "external" }]) {
    const memory = new MemoryManager(3_000, options);
    const ids = Array.from({ length: 600 }, () => memory.alloc(5));
    for (let place = 0; place < ids.length; place += 2) memory.free(ids[place]);
    let calls = 0;
    while (!memory.defragment({ maxMicros: Number.MIN_VALUE }).done) {
      calls += 1;
      assert.ok(calls < 10_000, `${options.placement}: ${memory.stats().unitsMoved} units moved`);
    }
    assert.ok(memory.stats().unitsMoved > 0, options.placement);
  }
});

test("after dispose everything is refused, dispose itself is not", () => {
  const memory = new MemoryManager(6);
  memory.dispose();
  memory.dispose();
  memory[Symbol.dispose]?.();
  const symbol = new MemoryManager(1);
  if (Symbol.dispose) assert.throws(() => (symbol[Symbol.dispose](), symbol.stats()), { code: "ERR_DISPOSED" });
  const uses = ["alloc", "tryAlloc", "isPinned", "free", "resize", "clear", "has", "size", "length", "write", "read", "extents", "address", "pin",
    "unpin", "views", "writeFrom", "readInto", "ids", "defragment", "explain", "stats", "snapshot", "save", "toString", "takeRelocations"];
  for (const use of uses) {
    assert.throws(() => memory[use](1, "a"), { name: "MemoryError", code: "ERR_DISPOSED" }, use);
  }
  for (const field of ["capacity", "unit", "placement", "storage", "usedUnits", "freeUnits", "blockCount",
    "viewsEpoch"]) {
    assert.throws(() => memory[field], { code: "ERR_DISPOSED" }, field);
  }
});

test("a trace names its first bad line", async () => {
  const { parseTrace } = await load("trace.js");
  const trace = parseTrace("0 2 3 1\na 0 24\na 1 8\nf 0\n", { name: "three" });
  const { name, format, operations, blocks, peakBytes } = trace;
  assert.deepEqual([name, format, operations, blocks, peakBytes], ["three", "rep", 3, 2, 32]);
  assert.deepEqual([...trace.ops().kind], [0, 0, 2]);
  assert.throws(() => parseTrace("0 2 3 1\na 0 24\nb 1\n"), { code: "ERR_TRACE", line: 3 });
  assert.throws(() => parseTrace(5), { code: "ERR_INVALID_ARGUMENT" });
});

test("resize keeps the ID and what stays, and says what it cannot", () => {
  const memory = new MemoryManager(12, { placement: "first-fit" });
  const [a, b, c] = [memory.alloc(3), memory.alloc(3), memory.alloc(3)];
  memory.write(a, "ABC");
  memory.resize(c, 5);
  memory.free(b);
  memory.resize(a, 6);
  assert.deepEqual([memory.address(a), memory.size(a), memory.length(a), memory.read(a)], [0, 6, 3, "ABC"]);
  memory.resize(a, 2);
  assert.deepEqual([memory.size(a), memory.read(a)], [2, "AB"]);
  for (const size of [0, -1, 1.5, NaN, 2 ** 32]) {
    refuses(memory, () => memory.resize(a, size), RangeError, "ERR_INVALID_SIZE");
  }
  for (const size of ["5", null, undefined, 5n]) {
    refuses(memory, () => memory.resize(a, size), TypeError, "ERR_INVALID_ARGUMENT");
  }
  refuses(memory, () => memory.resize(b, 1), MemoryError, "ERR_UNKNOWN_BLOCK");
  const error = refuses(memory, () => memory.resize(a, 8), MemoryError, "ERR_OUT_OF_MEMORY");
  assert.deepEqual([error.id, error.requested, error.freeUnits, error.largestFreeExtent], [a, 8, 5, 4]);
  const fragmented = refuses(memory, () => memory.resize(a, 7), MemoryError, "ERR_FRAGMENTED");
  assert.deepEqual([fragmented.id, fragmented.requested], [a, 7]);
  memory.resize(c, 4);
  memory.pin(c);
  refuses(memory, () => memory.resize(c, 7), MemoryError, "ERR_PINNED");
  memory.unpin(c);
  memory.resize(c, 7);
  assert.equal(memory.address(c), 2);
  const external = new MemoryManager(10, { placement: "first-fit", storage: "external" });
  const [first] = [external.alloc(2), external.alloc(2)];
  external.resize(first, 4);
  assert.deepEqual(external.takeRelocations(), [{ id: first, from: 0, to: 4, length: 2, step: 1 }]);
});

test("a loaded manager is the saved one, and goes on as it would", () => {
  for (const options of [{}, { placement: "tlsf", unit: "f64" }, { placement: "next-fit", storage: "external" }]) {
    const memory = new MemoryManager(40, { ...options, autoDefragment: true });
    const ids = Array.from({ length: 6 }, (_, n) => memory.alloc(3 + n));
    if (memory.storage === "owned") memory.write(ids[3], memory.unit === "char" ? "é🦀\ud800" : [NaN, -0, 0.5]);
    [ids[1], ids[4]].forEach((id) => memory.free(id));
    memory.pin(ids[5]);
    const bytes = memory.save();
    const loaded = MemoryManager.load(bytes);
    const state = (manager) =>
      inspect([manager.snapshot(), manager.stats(), manager.unit, manager.storage, manager.autoDefragment], { depth: null });
    assert.equal(state(loaded), state(memory));
    assert.deepEqual(loaded.save(), bytes);
    for (const size of [2, 9, 4]) assert.equal(loaded.alloc(size), memory.alloc(size));
    assert.equal(state(loaded), state(memory));
    const damaged = bytes.slice();
    damaged[bytes.length >> 1] ^= 4;
    for (const bad of [damaged, bytes.subarray(1), bytes.subarray(0, -1), new Uint8Array()]) {
      refuses(memory, () => MemoryManager.load(bad), MemoryError, "ERR_CORRUPT_SAVE");
    }
  }
  const memory = new MemoryManager(1);
  for (const bytes of ["", null, undefined, [1], new ArrayBuffer(8)]) {
    refuses(memory, () => MemoryManager.load(bytes), TypeError, "ERR_INVALID_ARGUMENT");
  }
});

for (const [unit, { Array, fit }] of Object.entries(KINDS)) {
  test(`parts of ${unit} blocks, in one extent and scattered`, () => {
    const memory = new MemoryManager(10, { unit });
    const [a, , c] = [memory.alloc(2), memory.alloc(1), memory.alloc(3)];
    [a, c].forEach((id) => memory.free(id));
    const scattered = memory.alloc(5);
    const whole = memory.alloc(4);
    const values = Array.from(fit);
    const zero = new Array(1)[0];
    for (const id of [scattered, whole]) {
      memory.writeFrom(id, 2, values.subarray(0, 2));
      assert.deepEqual(memory.read(id), Array.of(zero, zero, ...values.subarray(0, 2)));
      memory.writeFrom(id, 0, values.subarray(1, 2));
      const target = new Array(6).fill(values[1]);
      assert.equal(memory.readInto(id, 1, target.subarray(1)), 3);
      assert.deepEqual(target, Array.of(values[1], zero, values[0], values[1], values[1], values[1]));
      assert.equal(memory.readInto(id, 4, target), 0);
      memory.writeFrom(id, 4, new Array());
      assert.equal(memory.length(id), 4);
    }
    const Other = Array === Uint8Array ? Int8Array : Uint8Array;
    for (const data of [new Other(2), Array.prototype, Object.create(Array.prototype), [1], "1", null, undefined, 5,
      new DataView(new ArrayBuffer(8))]) {
      refuses(memory, () => memory.writeFrom(whole, 0, data), TypeError, "ERR_TYPE_MISMATCH");
      refuses(memory, () => memory.readInto(whole, 0, data), TypeError, "ERR_TYPE_MISMATCH");
    }
    for (const [offset, count] of [[0, 5], [3, 2], [5, 0], [2 ** 32 - 1, 2]]) {
      refuses(memory, () => memory.writeFrom(whole, offset, new Array(count)), MemoryError, "ERR_OUT_OF_BOUNDS");
    }
    refuses(memory, () => memory.readInto(whole, 5, new Array(1)), MemoryError, "ERR_OUT_OF_BOUNDS");
    for (const offset of [-1, 0.5, NaN, Infinity, 2 ** 32, "0", undefined]) {
      refuses(memory, () => memory.writeFrom(whole, offset, new Array(1)), TypeError, "ERR_INVALID_ARGUMENT");
      refuses(memory, () => memory.readInto(whole, offset, new Array(1)), TypeError, "ERR_INVALID_ARGUMENT");
    }
    refuses(memory, () => memory.writeFrom(a, 0, new Array(1)), MemoryError, "ERR_UNKNOWN_BLOCK");
    refuses(memory, () => memory.readInto(a, 0, new Array(1)), MemoryError, "ERR_UNKNOWN_BLOCK");
  });
}

test("a typed array that lies about its length copies what it has", () => {
  const memory = new MemoryManager(8, { unit: "u8", placement: "first-fit" });
  const [a, b] = [memory.alloc(2), memory.alloc(2)];
  memory.write(b, [7, 7]);
  const liar = new (class extends Uint8Array { get length() { return 1; } })([1, 2, 3, 4]);
  refuses(memory, () => memory.writeFrom(a, 0, liar), MemoryError, "ERR_OUT_OF_BOUNDS");
  assert.deepEqual([...memory.read(b)], [7, 7]);
});

test("parts of text are code points; what is none is refused, or seen as U+FFFD", () => {
  const memory = new MemoryManager(8);
  const id = memory.alloc(3);
  memory.writeFrom(id, 0, Uint32Array.of(0x1f980, 0xd800));
  assert.equal(memory.read(id), "🦀\ud800");
  refuses(memory, () => memory.writeFrom(id, 0, Uint32Array.of(0x110000)), TypeError, "ERR_TYPE_MISMATCH");
  memory.views(id)[0][1] = 0x110000;
  assert.equal(memory.read(id), "🦀\ufffd\0");
  assert.equal(memory.snapshot().contents[1], "\ufffd");
});

test("views are the block's memory: what is written through one is read, and the other way round", () => {
  for (const [unit, { Array, fit }] of Object.entries(KINDS)) {
    const memory = new MemoryManager(10, { unit, placement: "address-ordered" });
    const [a, , c] = [memory.alloc(2), memory.alloc(1), memory.alloc(3)];
    memory.write(c, Array.from([fit[1], fit[1], fit[1]]));
    [a, c].forEach((id) => memory.free(id));
    const id = memory.alloc(5); // units 0, 1 and 3 to 5, where other data was
    memory.write(id, [fit[0]]);
    const views = memory.views(id);
    assert.deepEqual(views.map((view) => [view.constructor, view.length]), [[Array, 2], [Array, 3]]);
    assert.deepEqual(views[1], new Array(3));
    assert.equal(memory.length(id), 5);
    views[1][2] = fit[1];
    const zero = new Array(1)[0];
    assert.deepEqual(memory.read(id), Array.of(fit[0], zero, zero, zero, fit[1]));
    memory.writeFrom(id, 1, Array.of(fit[1]));
    assert.deepEqual(views[0], Array.of(fit[0], fit[1]));
    memory.dispose();
    assert.deepEqual(views.map((view) => view.length), [0, 0]);
  }
});

test("views end when their block moves, shrinks or goes, and only then; the epoch tells", () => {
  const ways = {
    free: (memory, id) => memory.free(id),
    clear: (memory) => memory.clear(),
    shrink: (memory, id) => memory.resize(id, 2),
    "a shorter write": (memory, id) => memory.write(id, [1, 2, 3]),
    "a whole write": (memory, id) => memory.write(id, [1, 2, 3, 4]),
    grow: (memory, id) => memory.resize(id, 9),
    defragment: (memory) => memory.defragment({ order: "address" }),
    pack: (memory) => memory.defragment(),
    compact: (memory) => memory.alloc(10),
  };
  for (const [name, end] of Object.entries(ways)) {
    const memory = new MemoryManager(20, { unit: "u8", placement: "first-fit", autoDefragment: true });
    const [first, id, last] = [memory.alloc(3), memory.alloc(4), memory.alloc(3)];
    memory.free(first);
    const [view] = memory.views(id);
    const epoch = memory.viewsEpoch;
    memory.write(last, [1, 2, 3]);
    memory.free(last);
    memory.free(memory.alloc(2));
    if (name === "grow") memory.alloc(3, { align: 1 }), memory.alloc(2);
    if (name === "compact") memory.alloc(3), memory.alloc(3), memory.alloc(2);
    view[0] = 9;
    assert.deepEqual([view.length, memory.read(id)[0], memory.viewsEpoch], [4, 9, epoch], name);
    const kept = memory.address(id);
    try {
      end(memory, id);
    } catch (error) {
      assert.match(error.code, /ERR_OUT_OF_MEMORY|ERR_FRAGMENTED/, name);
    }
    const stays = memory.has(id) && memory.address(id) === kept && memory.size(id) >= 4;
    assert.equal(view.length, stays ? 4 : 0, name);
    assert.equal(memory.viewsEpoch === epoch, stays, name);
    if (name !== "compact") assert.equal(stays, name.endsWith("write"), name);
    if (name === "a shorter write") assert.deepEqual([...view], [1, 2, 3, 0]);
  }
});

test("views of a pinned block outlast compaction, and growing where it is", () => {
  // Twice: the module's memory, which ends views when it grows, need not grow the second time.
  for (const outlasts of [() => {}, assert.deepEqual]) pinnedViews(outlasts);
});

function pinnedViews(outlasts) {
  const memory = new MemoryManager(20, { unit: "f32", placement: "best-fit" });
  const [a, id, b] = [memory.alloc(2), memory.alloc(4), memory.alloc(5)];
  memory.pin(id);
  const [view] = memory.views(id);
  const epoch = memory.viewsEpoch;
  memory.free(a);
  for (const order of ["any", "address", "allocation"]) memory.defragment({ order });
  memory.free(b);
  memory.resize(id, 6);
  view[3] = 0.5;
  outlasts([memory.viewsEpoch, memory.read(id)[3], memory.length(id)], [epoch, 0.5, 4]);
  memory.dispose();
}

test("the module's memory growing ends views, and the epoch tells", () => {
  const memory = new MemoryManager(4, { unit: "u8" });
  const id = memory.alloc(4);
  const [view] = memory.views(id);
  const epoch = memory.viewsEpoch;
  const other = new MemoryManager(2 ** 22, { unit: "f64" });
  assert.equal(view.length, 0);
  assert.notEqual(memory.viewsEpoch, epoch);
  memory.views(id)[0][1] = 5;
  assert.deepEqual([...memory.read(id)], [0, 5, 0, 0]);
  other.dispose();
});

test("a manager without views, or whose views have ended, ends those of no other", () => {
  const memory = new MemoryManager(8, { unit: "u8" });
  const id = memory.alloc(4);
  const before = {
    nothing: () => {},
    "views that have ended": (other, first) => { other.views(first); other.resize(first, 1); },
    "views, and it is disposed of": (other, first) => { other.views(first); other.dispose(); },
  };
  const uses = {
    alloc: (other) => other.alloc(1), resize: (other, first) => other.resize(first, 4), free: (other, first) => other.free(first),
    defragment: (other) => other.defragment(), clear: (other) => other.clear(), dispose: (other) => other.dispose(),
  };
  // Twice: the module's memory, which ends views when it grows, need not grow the second time.
  for (const stays of [() => {}, assert.equal]) {
    for (const [what, prepare] of Object.entries(before)) {
      const other = new MemoryManager(20, { unit: "u8", placement: "first-fit" });
      const [, first] = [other.alloc(2), other.alloc(2)];
      prepare(other, first);
      const [view] = memory.views(id);
      for (const [name, use] of Object.entries(uses)) {
        try {
          use(other, first);
        } catch ({ code }) {
          assert.equal(code, "ERR_DISPOSED");
        }
        stays(view.length, 4, `${what}: ${name}`);
      }
    }
  }
});

test("where an allocation compacts, or another manager ends the views, the epoch tells", () => {
  const memory = new MemoryManager(10, { unit: "u8", placement: "first-fit", autoDefragment: true });
  const other = new MemoryManager(4, { unit: "u8" });
  const kept = other.alloc(2);
  // Twice: the module's memory, which ends views when it grows, need not grow the second time.
  for (let turn = 0; turn < 2; turn++) {
    memory.clear();
    const [low, id, high] = [memory.alloc(3), memory.alloc(3), memory.alloc(2)];
    [low, high].forEach((id) => memory.free(id));
    const views = [memory.views(id)[0], other.views(kept)[0]];
    const epochs = [memory.viewsEpoch, other.viewsEpoch];
    memory.alloc(5);
    assert.equal(memory.address(id), 0);
    assert.deepEqual(views.map((view) => view.length), [0, 0]);
    assert.ok(memory.viewsEpoch !== epochs[0] && other.viewsEpoch !== epochs[1]);
  }
});

test("a block with a descending extent has no views", () => {
  const memory = new MemoryManager(6, { unit: "u8" });
  memory.free(memory.alloc(2));
  const id = memory.alloc(3);
  refuses(memory, () => memory.views(id), MemoryError, "ERR_SCATTERED");
  assert.equal(memory.length(id), 0);
  memory.defragment();
  assert.equal(memory.views(id)[0].length, 3);
});

// Last, for the module's memory never shrinks.
test("what no array or string can be as long as is refused with what to do instead", () => {
  const memory = new MemoryManager(2 ** 27, { unit: "u8" });
  for (const call of [() => memory.snapshot(), () => String(memory)]) {
    assert.throws(call, ({ code, message }) => code === "ERR_OUT_OF_MEMORY" && message.includes("{ contents: false }"));
  }
  assert.equal(memory.snapshot({ contents: false }).freeUnits, 2 ** 27);
  memory.dispose();
});
