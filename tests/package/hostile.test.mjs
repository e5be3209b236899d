// Arguments that lie about themselves, whose memory is gone, or that dispose of what they are given to.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { dist } from "../../scripts/paths.mjs";

const load = (file) => import(pathToFileURL(join(dist, file)));
const { default: init, MemoryManager } = await load("index.js");
const { CapacitySearch, parseTrace, Player, Replay, TraceReader } = await load("trace.js");
await init();

const bytes = (capacity = 20, options = {}) => new MemoryManager(capacity, { unit: "u8", ...options });

function detached(Kind = Uint8Array) {
  const array = new Kind(4);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

function outOfBounds() {
  const buffer = new ArrayBuffer(8, { maxByteLength: 8 });
  const array = new Uint8Array(buffer, 4, 4);
  buffer.resize(2);
  return array;
}

test("arrays whose memory is gone are refused, and nothing leaks", () => {
  const memory = bytes();
  const id = memory.alloc(4);
  memory.write(id, [1, 2, 3, 4]);
  for (const other of [Float64Array, Int8Array, BigInt64Array]) {
    assert.throws(() => memory.write(id, detached(other)), { name: "TypeError", code: "ERR_TYPE_MISMATCH" }, other.name);
  }
  for (const gone of [detached(), outOfBounds()]) {
    for (const action of [() => memory.write(id, gone), () => memory.writeFrom(id, 0, gone), () => memory.readInto(id, 0, gone)]) {
      assert.throws(action, { name: "TypeError", code: "ERR_TYPE_MISMATCH" }, String(action));
    }
  }
  // More often than the module has room for what a call leaves behind that does not end.
  for (let turn = 0; turn < 2000; turn++) {
    assert.throws(() => MemoryManager.load(detached()), { code: "ERR_INVALID_ARGUMENT" });
    assert.throws(() => parseTrace(detached()), { code: "ERR_INVALID_ARGUMENT" });
    assert.throws(() => new TraceReader(detached()), { code: "ERR_INVALID_ARGUMENT" });
  }
  assert.equal(memory.stats().usedUnits, 4);
  assert.deepEqual([...memory.read(id)], [1, 2, 3, 4]);
  assert.equal(parseTrace("+24,+8,-0").operations, 3);
});

test("arrays onto the module's own memory, which ends while they are read, are as good as any", () => {
  const trace = parseTrace("+24,+8,-0");
  const player = new Player(trace, { capacity: 40, placement: "first-fit" });
  const view = { width: 1024, height: 1024, colours: [0xffffff, 1] };
  const memory = () => player.paint(view).buffer;
  assert.throws(() => parseTrace(new Uint8Array(memory())), { code: "ERR_TRACE" });
  const reader = new TraceReader(new Uint8Array(memory()));
  assert.throws(() => reader.run(), { code: "ERR_TRACE" });
  reader.dispose();
  const colours = new Uint32Array(memory());
  assert.equal(player.paint({ ...view, colours }).length, 4 * 1024 * 1024);
  assert.equal(player.seek(3), true);
});

test("what only looks like an array of bytes is refused", () => {
  const memory = bytes();
  const id = memory.alloc(4);
  for (const false_ of [Object.create(Uint8Array.prototype), new Proxy(new Uint8Array(2), {})]) {
    assert.throws(() => MemoryManager.load(false_), { code: "ERR_INVALID_ARGUMENT" });
    assert.throws(() => parseTrace(false_), { code: "ERR_INVALID_ARGUMENT" });
    assert.throws(() => new TraceReader(false_), { code: "ERR_INVALID_ARGUMENT" });
    assert.throws(() => memory.writeFrom(id, 0, false_), { code: "ERR_TYPE_MISMATCH" });
  }
  assert.throws(() => memory.write(id, { length: 2 ** 32 }), { code: "ERR_TYPE_MISMATCH" });
  assert.equal(memory.length(id), 0);
});

test("what a subclass says of its memory is not believed", () => {
  class Liar extends Uint8Array {
    get buffer() { return new ArrayBuffer(64); }
    get byteOffset() { return 7; }
    get byteLength() { return 3; }
    get length() { return 9; }
  }
  for (const placement of ["first-fit", "lifo"]) {
    const memory = bytes(20, { placement });
    const [first, , third] = [memory.alloc(2), memory.alloc(2), memory.alloc(2)];
    memory.free(first);
    memory.free(third);
    const id = memory.alloc(4);
    memory.write(id, Liar.of(1, 2, 3, 4));
    assert.deepEqual([...memory.read(id)], [1, 2, 3, 4]);
    memory.writeFrom(id, 1, Liar.of(8, 9));
    assert.deepEqual([...memory.read(id)], [1, 8, 9, 4]);
    const target = Liar.of(0, 0, 0);
    assert.equal(memory.readInto(id, 1, target), 3);
    assert.deepEqual([0, 1, 2].map((place) => target[place]), [8, 9, 4]);
    assert.equal(MemoryManager.load(Liar.from(memory.save())).usedUnits, memory.usedUnits);
  }
  class Empty extends Uint32Array {
    get length() { return 0; }
  }
  const text = new MemoryManager(4);
  assert.throws(() => text.writeFrom(text.alloc(2), 0, Empty.of(0x110000)), { code: "ERR_TYPE_MISMATCH" });
});

test("a save that lies in a block of this module is loaded while its memory grows", () => {
  const full = new MemoryManager(300_000, { unit: "f64" });
  full.write(full.alloc(300_000), new Float64Array(300_000).fill(0.1));
  const saved = full.save();
  const memory = bytes(saved.length);
  const id = memory.alloc(saved.length);
  memory.write(id, saved);
  const held = Array.from({ length: 12 }, () => {
    // It takes what the last load has given back, so that this one has to grow the memory.
    const filler = bytes(saved.length);
    return [filler, MemoryManager.load(memory.views(id)[0])];
  });
  for (const [filler, loaded] of held) {
    assert.equal(loaded.capacity, 300_000);
    filler.dispose();
    loaded.dispose();
  }
});

test("a block copied within itself is as if it had been copied apart, scattered too", () => {
  for (const placement of ["address-ordered", "first-fit"]) {
    const memory = bytes(20, { placement });
    const ids = [memory.alloc(4), memory.alloc(4), memory.alloc(4), memory.alloc(4)];
    memory.free(ids[0]);
    memory.free(ids[2]);
    const id = memory.alloc(placement === "first-fit" ? 4 : 8);
    const values = [1, 2, 3, 4, 5, 6, 7, 8].slice(0, memory.size(id));
    const copied = (to, from, count) => values.toSpliced(to, count, ...values.slice(from, from + count));

    memory.write(id, values);
    const source = memory.views(id)[0].subarray(0, values.length - 2);
    memory.writeFrom(id, 2, source);
    assert.deepEqual([...memory.read(id)], copied(2, 0, source.length), placement);

    memory.write(id, values);
    const target = memory.views(id).at(-1);
    const count = memory.readInto(id, 1, target);
    assert.deepEqual([...memory.read(id)], copied(values.length - target.length, 1, count), placement);

    memory.write(id, values);
    const last = memory.views(id).at(-1);
    const { length } = last;
    memory.write(id, last);
    assert.deepEqual([...memory.read(id)], values.slice(-length), placement);
  }
});

test("options that dispose of the manager find it disposed of", () => {
  const evil = (name, value) => (memory) => ({ get [name]() { memory.dispose(); return value; } });
  const uses = {
    alloc: (memory) => memory.alloc(2, evil("align", 1)(memory)),
    explain: (memory) => memory.explain(2, evil("align", 1)(memory)),
    order: (memory) => memory.defragment(evil("order", "any")(memory)),
    budget: (memory) => memory.defragment(evil("maxMicros", 5)(memory)),
    snapshot: (memory) => memory.snapshot(evil("contents", true)(memory)),
    write: (memory) => memory.write(memory.alloc(1), evil("length", 0)(memory)),
  };
  for (const [name, use] of Object.entries(uses)) {
    assert.throws(() => use(bytes(8, { placement: "first-fit" })), { code: "ERR_DISPOSED" }, name);
  }
});

test("numbers of the laboratory are numbers, and a view of a picture is whole", () => {
  const trace = parseTrace("+24,+8,-0");
  const options = { capacity: 64, placement: "first-fit" };
  const [player, replay, reader] = [new Player(trace, options), new Replay(trace, options), new TraceReader("+24")];
  const view = { width: 2, height: 2, colours: [0, 1] };
  const refused = [
    ...["5", [3], true, NaN, 0, { valueOf: () => 5 }, 5n, Symbol("5")].flatMap((most) => [() => replay.run(most), () => player.seek(1, most), () => reader.run(most)]),
    () => new Replay(trace, { ...options, samples: "5" }),
    ...[5, null, true, {}, [3]].map((colourBy) => () => player.paint({ ...view, colourBy })),
    () => player.paint(), () => player.paint(null),
    () => player.paint({ ...view, width: 65_536, height: 65_536 }), () => player.paint({ ...view, width: 1.5 }),
    () => player.paint({ ...view, unitsPerPixel: 1.5 }), () => player.paint({ ...view, unitsPerPixel: 0 }),
    ...[0x1000000, -1, 0.5, NaN, Infinity, "red", "1", 1n, null, undefined, true, {}, Symbol("1"), { valueOf: () => 1 }]
      .map((colour) => () => player.paint({ ...view, colours: [0, colour] })),
    ...[0.5, 1.5, -1, NaN, -Infinity, "1", null, 1n, {}, Symbol("1")].flatMap((at) => [
      () => player.seek(at), () => player.operation(at), () => player.why(at), () => player.rows(at), () => player.rows(0, at),
      () => player.paint({ ...view, first: at }), () => new Replay(trace, { ...options, samples: at }),
    ]),
    ...[1.5, 2 ** 32 + 0.5].flatMap((most) => [
      () => replay.run(most), () => player.seek(1, most), () => new CapacitySearch(trace, "lifo").run(most), () => reader.run(most),
    ]),
    () => player.paint({ ...view, colours: detached(Uint32Array) }),
  ];
  for (const action of refused) assert.throws(action, { name: "TypeError", code: "ERR_INVALID_ARGUMENT" }, String(action));
  const colours = Object.defineProperty([], 0, { get: () => (player.dispose(), 1) });
  assert.throws(() => player.paint({ ...view, colours }), { code: "ERR_DISPOSED" });
});

test("what is read is the text as it was given, whatever becomes of it", () => {
  const text = new TextEncoder().encode("+24,+8,-0");
  const reader = new TraceReader(text);
  assert.equal(reader.run(5), false);
  text.fill(0);
  structuredClone(text.buffer, { transfer: [text.buffer] });
  assert.deepEqual([reader.run(), reader.trace.operations, reader.length], [true, 3, 9]);
  const disposed = new TraceReader("+24");
  disposed.dispose();
  assert.deepEqual([disposed.length, disposed.trace], [3, undefined]);
  for (const use of [() => disposed.run(), () => disposed.position]) assert.throws(use, { code: "ERR_DISPOSED" }, String(use));
});

test("what colours say of their length is not believed, and there are not more than there can be", () => {
  const view = { width: 2, height: 1, unitsPerPixel: 24 };
  const trace = parseTrace("+24,+8,-0");
  const paint = (colours) => {
    const player = new Player(trace, { capacity: 64, placement: "first-fit" });
    player.seek(2);
    try {
      return Array.from(player.paint({ ...view, colours }));
    } finally {
      player.stats();
      player.dispose();
    }
  };
  const right = paint([1, 2]);
  const pixels = [0xff010000, 0xff020000];
  assert.deepEqual(paint(Uint32Array.from(pixels)), right);
  const liar = (...lengths) => class extends Uint32Array {
    get length() { return lengths.length > 1 ? lengths.shift() : lengths[0]; }
    get buffer() { return new ArrayBuffer(64); }
    get byteOffset() { return 4; }
  };
  for (const Liar of [liar(0), liar(1e9), liar(2, 5e8), liar(2, 4000), liar(0, 2)]) assert.deepEqual(paint(Liar.from(pixels)), right);
  assert.deepEqual(paint(Object.defineProperty(Uint32Array.from(pixels), "length", { value: 1e9 })), right);
  const sparse = [];
  sparse.length = 2 ** 32 - 1;
  for (const many of [new Uint32Array(2 ** 24 + 1), new Uint32Array(2 ** 29), sparse]) {
    assert.throws(() => paint(many), { name: "TypeError", code: "ERR_INVALID_ARGUMENT", message: /^a picture has at most 16777216 colours/ });
  }
  assert.deepEqual(paint(new Uint32Array(2 ** 24).fill(pixels[0])).slice(0, 4), [0, 0, 1, 255]);
});

test("a name may be as long as it likes: one that there is not is shortened, that of a trace stays outside", () => {
  const long = "x".repeat(2 ** 29 - 24);
  const trace = parseTrace("+24,+8,-0", { name: long });
  assert.equal(trace.name, long);
  const options = { capacity: 64, placement: "first-fit" };
  const view = { width: 2, height: 1, colours: [0, 1] };
  for (const action of [
    () => parseTrace("+1", { format: long }), () => new TraceReader("+1", { format: long }), () => new Player(trace, { ...options, placement: long }),
    () => new Replay(trace, { ...options, placement: long }), () => new CapacitySearch(trace, long),
    () => new Player(trace, options).paint({ ...view, colourBy: long }),
    ...["unit", "placement", "storage"].map((name) => () => bytes(4, { [name]: long })),
    () => bytes().defragment({ order: long }),
  ]) {
    assert.throws(action, (error) => error.code === "ERR_INVALID_ARGUMENT" && error.message.length < 300 && error.message.includes("xxx…"), String(action));
  }
  // The longest that is not cut, and the shortest that is.
  const [whole, cut] = [40, 41].map((length) => `a${"b".repeat(length - 1)}`);
  assert.throws(() => bytes(4, { placement: whole }), ({ message }) => message.includes(`"${whole}"`));
  assert.throws(() => bytes(4, { placement: cut }), ({ message }) => message.includes(`"${whole}…"`));
  for (let turn = 0; turn < 12; turn++) assert.equal(parseTrace("+1", { name: long }).operations, 1);
});

test("a subclass sees the refusal, whatever it overrides", () => {
  class Named extends MemoryManager {
    #names = new Map();
    dispose() {
      this.#names.clear();
      super.dispose();
    }
  }
  assert.throws(() => new Named(0), { code: "ERR_INVALID_CAPACITY" });
  assert.throws(() => Named.load(new Uint8Array(3)), { code: "ERR_CORRUPT_SAVE" });
  assert.ok(Named.load(bytes().save()) instanceof Named);
});

test("a subclass may inherit nothing but the prototype", () => {
  function Old() {}
  Old.prototype = Object.create(MemoryManager.prototype);
  assert.equal(Reflect.construct(MemoryManager, [8, { placement: "tlsf" }], Old).placement, "tlsf");
  const asked = () => Reflect.construct(MemoryManager, [8, { patience: 1 }], Old);
  assert.throws(asked, { code: "ERR_INVALID_ARGUMENT", message: /patience/ });
});

test("a subclass may mean something else by size", () => {
  class Pixels extends MemoryManager {
    size(id) {
      return super.size(id) / 4;
    }
  }
  const memory = new Pixels(8, { unit: "u8" });
  const id = memory.alloc(8);
  memory.write(id, [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual([...memory.read(id)], [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.throws(() => memory.write(id, Array(9).fill(0)), { code: "ERR_OUT_OF_BOUNDS", requested: 9 });
});

test("a subclass that makes a manager of its own is not taken for the one that was saved", () => {
  const memory = bytes(10);
  memory.write(memory.alloc(2), [1, 2]);
  const classes = [class extends MemoryManager { constructor() { super(10, { unit: "u8" }); } },
    class extends MemoryManager { constructor(capacity) { super(2 * capacity); } },
    class extends MemoryManager { constructor(...all) { super(...all); return {}; } }];
  for (const Own of classes) assert.throws(() => Own.load(memory.save()), { name: /^(Type|Range)Error$/ });
  for (const Own of [classes[0], classes[2]]) {
    assert.throws(() => Own.load(memory.save()), { code: "ERR_INVALID_ARGUMENT", message: /super/ });
  }
});

test("a saved manager that is loaded becomes one manager, whatever the constructor of a subclass makes of it", () => {
  const saved = bytes(10).save();
  const refused = { name: "TypeError", code: "ERR_INVALID_ARGUMENT", message: /the capacity must be a number/ };
  let kept;
  class Keeping extends MemoryManager { constructor(...all) { super(...all); kept = all[0]; } }
  const loaded = Keeping.load(saved);
  loaded.alloc(3);
  assert.throws(() => new MemoryManager(kept), refused);
  class Twice extends MemoryManager { constructor(...all) { super(...all); new MemoryManager(...all); } }
  class Before extends MemoryManager { constructor(...all) { new MemoryManager(...all); super(...all); } }
  class Never extends MemoryManager { constructor(raw) { kept = raw; super("x"); } }
  for (const Own of [Twice, Before]) assert.throws(() => Own.load(saved), refused, Own.name);
  assert.throws(() => Never.load(saved), { code: "ERR_INVALID_ARGUMENT" });
  assert.throws(() => new MemoryManager(kept), refused);
  assert.equal(loaded.usedUnits, 3);
});

test("a stack that overflows in a call leaves a manager that can be disposed of, and the others as they were", () => {
  const other = bytes();
  const id = other.alloc(4);
  other.write(id, [1, 2, 3, 4]);
  const calls = { stats: (memory) => memory.stats(), snapshot: (memory) => memory.snapshot(), ids: (memory) => memory.ids(),
    explain: (memory) => memory.explain(1), save: (memory) => memory.save(), free: (memory) => memory.free(memory.alloc(1)),
    refused: (memory) => assert.throws(() => memory.alloc(99), { code: "ERR_OUT_OF_MEMORY" }) };
  let locked = 0;
  for (const call of Object.values(calls)) {
    // It overflows at every place that there is.
    for (let turn = 0; turn < 12; turn++) {
      const memory = bytes();
      const forever = () => {
        call(memory);
        forever();
      };
      const deep = (turns) => (turns === 0 ? forever() : deep(turns - 1));
      assert.throws(() => deep(turn), ({ code }) => code === undefined || code === "ERR_ASSERTION");
      // As often as it takes to use a stack up of which each leaves a little less.
      for (let again = 0; again < 1_000; again++) {
        try {
          memory.stats();
          break;
        } catch ({ name, code }) {
          assert.deepEqual([name, code], ["MemoryError", "ERR_DISPOSED"]);
          locked += again === 0;
        }
      }
      memory.dispose();
      assert.throws(() => memory.stats(), { code: "ERR_DISPOSED" });
      for (const [name, call] of Object.entries(calls)) assert.doesNotThrow(() => call(other), name);
    }
  }
  assert.ok(locked > 0, "no call was cut off");
  assert.deepEqual([...other.read(id)], [1, 2, 3, 4]);
});

test("another module is refused, and does not stand in the way of the right one", async () => {
  const modules = {
    "index.js": "raw/twingate_memory_bg.wasm", "trace.js": "raw/twingate_memory_trace_bg.wasm",
    "threads/index.js": "threads/raw/twingate_memory_bg.wasm",
  };
  const uses = {
    "index.js": (entry) => new entry.MemoryManager(3).alloc(1),
    "trace.js": (entry) => entry.parseTrace("+1").operations,
    "threads/index.js": (entry) => new entry.SharedMemoryManager(3).capacity,
  };
  const none = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  for (const [file, use] of Object.entries(uses)) {
    // A copy has not been loaded yet.
    const copy = mkdtempSync(join(tmpdir(), "twingate-"));
    try {
      cpSync(dist, copy, { recursive: true, filter: (path) => path !== join(dist, "page") });
      writeFileSync(join(copy, "package.json"), '{"type":"module"}');
      const entry = await import(pathToFileURL(join(copy, file)));
      const others = Object.keys(modules).filter((other) => other !== file).map((other) => readFileSync(join(dist, modules[other])));
      for (const source of [none, ...others]) {
        const message = source === none ? /^this is not a module of this package: / : /^this is the module of twingate-memory/;
        assert.throws(() => entry.initSync(source), { name: "TypeError", code: "ERR_INVALID_ARGUMENT", message }, file);
        await assert.rejects(entry.default(source), { name: "TypeError", code: "ERR_INVALID_ARGUMENT" }, file);
      }
      entry.initSync(readFileSync(join(dist, modules[file])));
      assert.ok(use(entry) > 0, file);
    } finally {
      rmSync(copy, { recursive: true });
    }
  }
});
