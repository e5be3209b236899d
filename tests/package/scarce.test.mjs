// The module's memory comes to its end: what needs more of it is refused by its code, nothing has
// changed by then, and with less asked for everything works on.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createProject } from "./project.mjs";

const PAGE = 65_536;
const GROWTH = 64;

const dist = join(createProject(), "node_modules", "twingate-memory", "dist");
const { initSync, MemoryManager } = await import(join(dist, "index.js"));
const bytes = readFileSync(join(dist, "raw", "twingate_memory_bg.wasm"));
initSync(new WebAssembly.Module(limited(bytes, GROWTH)));
const trace = await import(join(dist, "trace.js"));
const traceBytes = readFileSync(join(dist, "raw", "twingate_memory_trace_bg.wasm"));
trace.initSync(new WebAssembly.Module(limited(traceBytes, GROWTH)));

/** The module with a memory that can grow by so many pages only. */
function limited(bytes, growth) {
  for (let at = 8; at < bytes.length;) {
    const [id, [length, start]] = [bytes[at], number(bytes, at + 1)];
    if (id === 5) {
      assert.deepEqual([bytes[start], bytes[start + 1] & ~1], [1, 0], "one memory of its own");
      const [least] = number(bytes, start + 2);
      const section = [1, 1, ...leb(least), ...leb(least + growth)];
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([5, ...leb(section.length), ...section]),
        bytes.subarray(start + length)]);
    }
    at = start + length;
  }
  throw new Error("The module has no memory.");
}

/** A LEB128 number, and where it ends. */
function number(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

function leb(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** The code that refuses it, or undefined. Anything but a refusal, a trap above all, is thrown on. */
function refusal(attempt) {
  try {
    attempt();
    return undefined;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error.code === undefined) throw error;
    return error.code;
  }
}

/** Managers that take whatever is left, down to the last KiB. */
function fill() {
  const taken = [];
  for (let size = GROWTH * PAGE; size >= 1024;) {
    const code = refusal(() => taken.push(new MemoryManager(size, { unit: "u8" })));
    assert.ok([undefined, "ERR_INVALID_CAPACITY", "ERR_OUT_OF_MEMORY"].includes(code), code);
    if (code !== undefined) size = Math.floor(size / 2);
  }
  assert.ok(taken.length > 0);
  return taken;
}

/** All that can be asked of a manager, each with what it needs from the module. */
const operations = {
  stats: (memory) => memory.stats(),
  snapshot: (memory) => memory.snapshot(),
  explain: (memory) => memory.explain(memory.freeUnits),
  extents: (memory, id) => memory.extents(id),
  views: (memory, id) => memory.views(id),
  read: (memory, id) => memory.read(id),
  write: (memory, id) => memory.write(id, "b"),
  text: (memory) => String(memory),
  save: (memory) => memory.save(),
  load: (memory) => MemoryManager.load(SAVED).dispose(),
  pin: (memory, id) => memory.pin(id),
  unpin: (memory, id) => memory.unpin(id),
  resize: (memory, id) => memory.resize(id, 3),
  defragment: (memory) => memory.defragment(),
  "a step": (memory) => memory.defragment({ maxMoves: 100 }),
};

const options = (placement) => ({ placement });
const SAVED = (() => {
  const memory = new MemoryManager(20_000, options("first-fit"));
  for (let block = 0; block < 5_000; block++) memory.alloc(3);
  const saved = memory.save();
  memory.dispose();
  return saved;
})();

for (const placement of ["lifo", "address-ordered", "first-fit", "buddy", "tlsf"]) {
  test(`${placement}: no operation traps where memory ends, and all work where there is some`, () => {
    const memory = new MemoryManager(20_000, options(placement));
    const ids = Array.from({ length: 4_000 }, () => memory.alloc(2));
    for (const id of ids.filter((_, place) => place % 2 === 0)) memory.free(id);
    const [, id] = ids;
    memory.write(id, "a");
    const before = memory.snapshot();
    const taken = fill();
    const refused = {};
    for (const [name, operation] of Object.entries(operations)) {
      const code = refusal(() => operation(memory, id));
      assert.ok(code === undefined || code === "ERR_OUT_OF_MEMORY", `${name}: ${code}`);
      refused[name] = code;
    }
    assert.ok(Object.values(refused).includes("ERR_OUT_OF_MEMORY"), "memory did not run out");
    for (const manager of taken) manager.dispose();
    const after = memory.snapshot();
    assert.equal(after.blocks.length, before.blocks.length);
    assert.deepEqual(after.blocks.map((block) => block.id), before.blocks.map((block) => block.id));
    assert.ok(["a", "b"].includes(memory.read(id)));
    for (const [name, operation] of Object.entries(operations)) {
      assert.equal(refusal(() => operation(memory, id)), undefined, name);
    }
    memory.dispose();
  });
}

test("a save that JavaScript has no room for is refused, and nothing has changed", (t) => {
  const memory = MemoryManager.load(SAVED);
  const { Uint8Array } = globalThis;
  t.after(() => Object.assign(globalThis, { Uint8Array }));
  globalThis.Uint8Array = class {
    constructor() {
      throw new RangeError("Array buffer allocation failed");
    }
  };
  const code = refusal(() => memory.save());
  globalThis.Uint8Array = Uint8Array;
  assert.equal(code, "ERR_OUT_OF_MEMORY");
  assert.deepEqual(memory.save(), SAVED);
  memory.dispose();
});

test("allocations go on until the records find no memory, and after one is freed", () => {
  const memory = new MemoryManager(2 ** 31, { storage: "external", placement: "tlsf" });
  const taken = fill();
  const ids = [];
  const code = refusal(() => {
    for (;;) ids.push(memory.alloc(1));
  });
  assert.equal(code, "ERR_OUT_OF_MEMORY");
  assert.equal(memory.blockCount, ids.length);
  memory.free(ids.pop());
  ids.push(memory.alloc(1));
  assert.equal(refusal(() => memory.alloc(1)), "ERR_OUT_OF_MEMORY");
  assert.equal(refusal(() => memory.tryAlloc(1)), "ERR_OUT_OF_MEMORY", "units are free, so that is no answer");
  taken.pop().dispose();
  for (const manager of taken) manager.dispose();
  ids.push(memory.alloc(1));
  memory.clear();
  assert.equal(memory.usedUnits, 0);
  memory.dispose();
});

test("a capacity that cannot be had is refused, and the next smaller one is not", () => {
  let capacity = GROWTH * PAGE;
  while (refusal(() => new MemoryManager(capacity, { unit: "u8" }).dispose()) !== undefined) {
    capacity -= PAGE;
  }
  assert.ok(capacity > PAGE, String(capacity));
  assert.equal(refusal(() => new MemoryManager(capacity + 2 * PAGE, { unit: "u8" })), "ERR_INVALID_CAPACITY");
  new MemoryManager(capacity, { unit: "u8" }).dispose();
});

test("of what works on a trace as many are made as memory allows, and the next is refused", () => {
  const { CapacitySearch, parseTrace, Player, Replay, TraceReader } = trace;
  const text = Array(4_000).fill("+8").join(",");
  const recording = parseTrace(text);
  const where = { capacity: 2 ** 20, placement: "tlsf" };
  const makers = {
    "a replay with samples": () => new Replay(recording, { ...where, samples: 4_000 }),
    "a replay": () => new Replay(recording, where),
    "a player": () => new Player(recording, where),
    "a search": () => new CapacitySearch(recording, "tlsf"),
    "a reader": () => new TraceReader(text),
  };
  for (const [what, make] of Object.entries(makers)) {
    const made = [];
    let code;
    while (code === undefined) code = refusal(() => made.push(make()));
    assert.equal(code, what === "a reader" ? "ERR_TRACE" : "ERR_OUT_OF_MEMORY", what);
    assert.ok(made.length > 10, what);
    made.forEach((one) => one.dispose());
  }
  const last = new Replay(recording, where);
  assert.ok(last.run());
  last.dispose();
});

test("what replays, searches and shows a trace says where memory ends", () => {
  const { CapacitySearch, parseTrace, Player, Replay, TraceReader } = trace;
  const text = (count) => Array(count).fill("+8").join(",");
  const allocations = (count) => parseTrace(text(count));
  const recording = allocations(20_000);
  const where = { capacity: 2 ** 20, placement: "first-fit" };
  const [replay, search] = [new Replay(recording, where), new CapacitySearch(recording, "first-fit")];
  const [player, ahead] = [new Player(recording, where), new Player(recording, where)];
  ahead.seek(10_000);
  const reader = new TraceReader(text(40_000));
  assert.equal(reader.run(1_000), false);
  // Traces that fill the memory: what reads one says by its own code that there is none.
  const taken = [];
  for (let count = 60_000; count >= 1;) {
    const code = refusal(() => taken.push(allocations(count)));
    assert.ok([undefined, "ERR_TRACE"].includes(code), code);
    if (code !== undefined) count = Math.floor(count / 2);
  }
  const view = { width: 1_000, height: 1_000, colours: [0, 1] };
  const uses = [() => replay.run(), () => search.run(), () => player.seek(20_000), () => ahead.paint(view),
    () => ahead.rows(0, 10_000), () => ahead.snapshot(), () => new Replay(recording, { ...where, samples: 20_000 })];
  for (const use of uses) assert.equal(refusal(use), "ERR_OUT_OF_MEMORY", String(use));
  const noMemory = (error) => error.code === "ERR_TRACE" && /memory/.test(error.message);
  assert.throws(() => reader.run(), noMemory);
  taken.pop().dispose();
  assert.throws(() => reader.run(), noMemory, "it stays refused");
  assert.ok(replay.position < 20_000 && search.capacity === undefined && player.position < 20_000);
  assert.equal(ahead.stats().blockCount, 10_000);
});
