// The entry twingate-memory/trace of the installed package: replays and capacities.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createProject } from "./project.mjs";

const project = createProject();
const { CapacitySearch, MemoryError, parseTrace, Player, Replay, replay, smallestCapacity, TraceReader } =
  await import(join(project, "node_modules", "twingate-memory", "dist", "trace.js"));

const PLACEMENTS = ["lifo", "contiguous-first", "address-ordered", "first-fit", "next-fit", "best-fit",
  "worst-fit", "buddy", "tlsf"];
/** The module's memory, seen as the module is loaded: by the first trace. */
let memory;
WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...given) {
    super(...given);
    memory = this.exports.memory;
  }
};
const trace = parseTrace("+24,+8,-0,+30");

test("a replay has the figures of the interface", () => {
  const report = replay(trace, { capacity: 40, placement: "first-fit" });
  assert.deepEqual(report, {
    placement: "first-fit", capacity: 40, operations: 4, failures: 1, peakUsed: 32,
    externalFragmentation: 0.25, peakExternalFragmentation: 0.25,
    internalFragmentation: 0, peakInternalFragmentation: 0,
    extentsPerBlock: 1, extentsPerBlockAtPeak: 1, unitsMoved: 0, searchSteps: report.searchSteps,
    longestPauseUnits: 0, longestPauseMicros: 0,
  });
  const compacted = replay(trace, { capacity: 40, placement: "first-fit", autoDefragment: true });
  assert.deepEqual([compacted.failures, compacted.unitsMoved, compacted.longestPauseUnits], [0, 8, 8]);
  assert.ok(compacted.longestPauseMicros >= 0);
});

test("the smallest capacity of a recording serves it, under every placement, and one unit less does not", () => {
  const recording = parseTrace(gunzipSync(readFileSync(new URL("../../www/traces/git.valgrind.gz", import.meta.url))));
  for (const placement of PLACEMENTS) {
    const capacity = smallestCapacity(recording, placement);
    const failures = (units) => replay(recording, { capacity: units, placement }).failures;
    assert.ok(capacity >= recording.peakBytes, placement);
    assert.equal(failures(capacity), 0, placement);
    assert.ok(failures(capacity - 1) > 0, placement);
  }
  assert.equal(smallestCapacity(recording, "lifo"), recording.peakBytes);
  const least = new CapacitySearch(parseTrace("+1,-0,+1"), "tlsf");
  assert.deepEqual([least.run(), least.capacity], [true, 1]);
});

test("a replay and a search in parts can be watched", () => {
  const parts = new Replay(trace, { capacity: 62, placement: "tlsf", samples: 2 });
  const seen = [];
  while (!parts.run(1)) seen.push(parts.position);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(parts.report(), replay(trace, { capacity: 62, placement: "tlsf" }));
  assert.deepEqual([...parts.samples().position], [2, 4]);
  assert.deepEqual([...parts.samples().usedUnits], [32, 38]);
  assert.equal(parts.operations, 4);
  const rounding = new Replay(trace, { capacity: 64, placement: "buddy", samples: 2 });
  rounding.run();
  const { usedUnits, internalFragmentation, externalFragmentation, extentsPerBlock } = rounding.samples();
  assert.deepEqual([usedUnits, internalFragmentation, extentsPerBlock].map((column) => [...column]), [[40, 40], [8, 2], [1, 1]]);
  // Of 24 free units 16 are the largest free extent.
  assert.deepEqual([...externalFragmentation], [1 - 16 / 24, 1 - 16 / 24]);
  const search = new CapacitySearch(trace, "best-fit");
  const serving = [];
  while (!search.run(3)) {
    assert.equal(search.capacity, undefined);
    serving.push(search.serving);
  }
  assert.equal(serving[0], undefined, "38 units, the peak, do not serve, and nothing else was tried");
  const known = serving.filter((each) => each !== undefined);
  assert.ok(known.length > 0 && known.every((each, at) => each >= 62 && each <= (known[at - 1] ?? Infinity)), String(known));
  assert.deepEqual([search.capacity, search.serving, search.exact], [62, 62, true]);
  assert.ok(search.operations > 4);
  search.dispose();
  assert.throws(() => search.run(), (error) => error instanceof MemoryError && error.code === "ERR_DISPOSED");
});

test("a reader in parts reads what is read at once, and can be watched", () => {
  const recording = gunzipSync(readFileSync(new URL("../../www/traces/git.valgrind.gz", import.meta.url)));
  const reader = new TraceReader(recording, { name: "git" });
  assert.deepEqual([reader.length, reader.position, reader.trace], [recording.length, 0, undefined]);
  const seen = [];
  while (!reader.run(10_000)) {
    assert.equal(reader.trace, undefined);
    seen.push(reader.position);
  }
  assert.ok(seen.length > 10 && seen.every((each, at) => each >= (seen[at - 1] ?? 0) && each <= recording.length), String(seen));
  const { trace } = reader;
  const whole = parseTrace(recording, { name: "git" });
  assert.deepEqual({ ...trace }, { ...whole });
  assert.deepEqual(trace.ops(), whole.ops());
  assert.deepEqual([reader.position, reader.run(), reader.run(1), reader.trace === trace], [recording.length, true, true, true]);
  reader.dispose();
  assert.equal(replay(reader.trace, { capacity: 2 ** 24, placement: "tlsf" }).operations, whole.operations);
  const list = new TraceReader("+24,\u00e9");
  assert.equal(list.length, 6);
  assert.throws(() => list.run(), { code: "ERR_TRACE" });
});

test("what a reader refuses it refuses again, in the same words", () => {
  const reader = new TraceReader("+24,+8,x,+8");
  const refused = [];
  for (let turn = 0; turn < 40; turn++) {
    try {
      assert.equal(reader.run(1 + (turn % 3)), false);
    } catch ({ code, line, message }) {
      refused.push({ code, line, message });
    }
  }
  assert.ok(refused.length > 20);
  const expected = { code: "ERR_TRACE", line: 1, message: 'line 1: found "x", expected `+size` or `-index`' };
  for (const each of refused) assert.deepEqual(each, expected);
  assert.deepEqual([reader.trace, reader.position < reader.length], [undefined, true]);
});

test("what cannot be replayed is refused by its code", () => {
  const code = (action, expected) => assert.throws(action, { code: expected });
  for (const capacity of [0, -1, 1.5, NaN, 2 ** 32]) {
    code(() => replay(trace, { capacity, placement: "lifo" }), "ERR_INVALID_CAPACITY");
  }
  for (const wrong of [{ placement: "luck" }, { placement: 5 }, { capacity: "9" }, { autoDefragment: 1 }, { autoDefragment: null }, { samples: 1 }]) {
    code(() => replay(trace, { capacity: 9, placement: "lifo", ...wrong }), "ERR_INVALID_ARGUMENT");
  }
  for (const wrong of [{}, null, undefined, 5, "+24", Object.create(trace)]) {
    code(() => replay(wrong, { capacity: 9, placement: "lifo" }), "ERR_INVALID_ARGUMENT");
  }
  for (const options of [undefined, null, 5]) code(() => replay(trace, options), "ERR_INVALID_ARGUMENT");
  for (const name of [5, null, {}]) code(() => parseTrace("+1", { name }), "ERR_INVALID_ARGUMENT");
  for (const format of [5, null, "luck"]) {
    for (const read of [parseTrace, (...all) => new TraceReader(...all)]) code(() => read("+1", { format }), "ERR_INVALID_ARGUMENT");
  }
  for (const options of [5, { luck: 1 }]) code(() => new TraceReader("+1", options), "ERR_INVALID_ARGUMENT");
  code(() => smallestCapacity(trace, "luck"), "ERR_INVALID_ARGUMENT");
  for (const text of [5, null, new Uint16Array(1)]) {
    for (const read of [parseTrace, (it) => new TraceReader(it)]) {
      assert.throws(() => read(text), { code: "ERR_INVALID_ARGUMENT", message: /^the trace must be a string or a Uint8Array, not / });
    }
  }
  code(() => new Replay(trace, { capacity: 9, placement: "lifo" }).run(0), "ERR_INVALID_ARGUMENT");
  const error = (() => { try { smallestCapacity(parseTrace("+4294967295,+1"), "tlsf"); } catch (error) { return error; } })();
  assert.deepEqual([error instanceof RangeError, error.code], [true, "ERR_INVALID_CAPACITY"]);
});

test("a player goes anywhere, says why, and paints what is there", () => {
  const player = new Player(trace, { capacity: 64, placement: "first-fit" });
  assert.equal(player.why(), "");
  assert.deepEqual(player.operation(0), { kind: "alloc", block: 0, size: 24, align: 1, id: null });
  assert.equal(player.foresee().extents[0].start, 0);
  assert.equal(player.seek(99), true);
  assert.deepEqual([player.position, player.operations, player.failures], [4, 4, 0]);
  assert.equal(player.operation(4), undefined);
  assert.equal(player.foresee(), null);
  assert.equal(player.why(), "first-fit takes the lowest free extent that fits: units 32 to 61. " +
    "That is cut from the free units 32 to 63. Of 2 free extents 1 is too short.");
  assert.deepEqual(player.rows(0).map((row) => Object.values(row)),
    [[0, 24, null, null], [24, 8, 2, 8], [32, 30, 3, 30], [62, 2, null, null]]);
  assert.deepEqual(player.rows(30, 1).map(({ id }) => id), [2]);
  assert.deepEqual([0, 1, 2, 3].map((at) => player.operation(at).id), [null, 2, null, 3]);
  player.seek(3);
  assert.deepEqual([player.stats().usedUnits, player.snapshot().blocks.length, player.snapshot().unit], [8, 1, "u8"]);
  const other = new Player(parseTrace("a 0 24\nr 0 30\nf -1\nf 0\n".replace(/^/, "0 1 4 1\n")), { capacity: 64, placement: "tlsf" });
  assert.deepEqual([0, 1, 2, 3].map((at) => other.operation(at).kind), ["alloc", "resize", "nothing", "free"]);
  const view = { first: 16, unitsPerPixel: 8, width: 3, height: 2, colourBy: "size", colours: [0xffffff, 1, 2, 3, 0x0072b2] };
  const white = [255, 255, 255, 255];
  assert.deepEqual([...player.paint(view)], [white, [0, 0x72, 0xb2, 255], white, white, white, white].flat());
  assert.deepEqual([...player.paint({ first: 31, width: 2, height: 1, colours: [0xffffff, 1] })], [[0, 0, 1, 255], white].flat());
  assert.equal(player.seek(4, 1) && player.seek(0), true);
  assert.deepEqual([player.seek(4, 3), player.position], [false, 3]);
});

test("past the end is the end, however far", () => {
  const player = new Player(trace, { capacity: 64, placement: "first-fit" });
  for (const far of [5, 2 ** 32, 2 ** 53, 1e308, Infinity]) {
    player.seek(0);
    assert.equal(player.why(far).slice(0, 9), "first-fit", String(far));
    player.seek(0);
    assert.deepEqual([player.seek(far), player.position], [true, 4], String(far));
    assert.equal(player.operation(far), undefined);
    assert.equal(player.rows(0, far).length, 4);
    assert.deepEqual(player.rows(64 + far), []);
    const view = { first: 64 + far, width: 1, height: 1, colours: [0, 1] };
    assert.deepEqual([...player.paint(view)], [0, 0, 0, 0]);
    const replay = new Replay(trace, { capacity: 64, placement: "first-fit", samples: far });
    assert.equal(replay.run(far), true);
    assert.equal(replay.samples().position.length, 4);
  }
});

test("what a recording misses is counted, and what is no text is refused", () => {
  const log = "--7-- free(0x99)\n--7-- malloc(95)free(0x0)\n--7-- malloc(5) = 0x10\n--7--  = 0x20\n" +
    "prompt: --7-- malloc(6) = 0x10\n--7-- free(0x20)\n";
  const { operations, blocks, skipped, inferred } = parseTrace(log);
  assert.deepEqual([operations, blocks, skipped, inferred], [6, 3, 1, 1]);
  assert.deepEqual([trace.skipped, trace.inferred], [0, 0]);
  assert.throws(() => (trace.operations = 5), TypeError, "a trace never changes");
  const recording = readFileSync(new URL("../../www/traces/git.valgrind.gz", import.meta.url));
  assert.throws(() => parseTrace(recording), { code: "ERR_TRACE", line: 1, message: /gzip: decompress it first/ });
  assert.throws(() => parseTrace(Buffer.from("+24,+8,-0", "utf16le")), { code: "ERR_TRACE", message: /UTF-16/ });
});

test("what a player cannot do is refused by its code", () => {
  const player = new Player(trace, { capacity: 64, placement: "first-fit" });
  const view = { width: 1, height: 1, colours: [0, 1] };
  for (const action of [
    () => player.seek(-1), () => player.seek(NaN), () => player.seek("1"), () => player.rows(-1),
    () => player.paint({ ...view, colourBy: "luck" }), () => player.paint({ ...view, colours: "red" }),
    () => player.paint({ ...view, width: -1 }), () => new Player(trace, { capacity: 1, placement: "luck" }),
    ...[null, undefined, 5, { length: 2, 0: 0, 1: 1 }, new Uint8Array(2)].map((colours) => () => player.paint({ ...view, colours })),
    () => player.paint({ ...view, unitsPerPixel: 2 ** 32 }),
  ]) assert.throws(action, { code: "ERR_INVALID_ARGUMENT" }, String(action));
  assert.deepEqual([...player.paint({ ...view, unitsPerPixel: 2 ** 32 - 1 })], [0, 0, 0, 255]);
  assert.deepEqual([player.paint({ ...view, width: 0 }).length, player.paint({ ...view, height: 0 }).length], [0, 0]);
  player.dispose();
  assert.throws(() => player.stats(), { code: "ERR_DISPOSED" });
});

test("what is of the wrong kind is called by its name", () => {
  const options = { capacity: 64, placement: "first-fit" };
  const player = new Player(trace, options);
  const view = { width: 1, height: 1, colours: [0, 1] };
  const wrong = {
    "the trace": [() => parseTrace(5), () => new TraceReader(5), () => replay(5, options)], name: [() => parseTrace("+1", { name: 5 }), () => new TraceReader("+1", { name: 5 })],
    format: [() => parseTrace("+1", { format: 5 })], "the options": [() => replay(trace, 5), () => new Player(trace, 5)],
    placement: [() => new Player(trace, { ...options, placement: 5 }), () => smallestCapacity(trace, 5)],
    "the capacity": [() => replay(trace, { ...options, capacity: "5" })],
    autoDefragment: [() => replay(trace, { ...options, autoDefragment: 5 })],
    samples: [() => new Replay(trace, { ...options, samples: "5" })],
    maxOperations: [() => new Replay(trace, options).run("5"), () => player.seek(1, "5"), () => new CapacitySearch(trace, "lifo").run("5")],
    maxBytes: [() => new TraceReader("+1").run("5")],
    "the position": [() => player.seek("5"), () => player.operation("5"), () => player.why("5")],
    first: [() => player.rows("5"), () => player.paint({ ...view, first: "5" })], limit: [() => player.rows(0, "5")],
    "the view": [() => player.paint(5)], colourBy: [() => player.paint({ ...view, colourBy: 5 })],
    ...Object.fromEntries(["unitsPerPixel", "width", "height"].map((name) => [name, [() => player.paint({ ...view, [name]: "5" })]])),
    "width times height": [() => player.paint({ ...view, width: 65_536, height: 65_536 })],
    "the colours": [() => player.paint({ ...view, colours: 5 })], "colour 1": [() => player.paint({ ...view, colours: [0, "5"] })],
  };
  for (const [name, calls] of Object.entries(wrong)) {
    for (const call of calls) assert.throws(call, ({ message }) => message.startsWith(`${name} must be `), String(call));
  }
});

test("what works on a trace is disposed of by name or by symbol, once or twice, and by no use after", () => {
  const options = { capacity: 64, placement: "first-fit" };
  const makers = [() => new Player(trace, options), () => new Replay(trace, options), () => new CapacitySearch(trace, "lifo"), () => new TraceReader("+1")];
  for (const make of makers) {
    for (const how of ["dispose", Symbol.dispose].filter((name) => name !== undefined)) {
      const held = make();
      held[how]();
      held[how]();
      assert.throws(() => (held.run ? held.run() : held.seek(1)), { code: "ERR_DISPOSED" });
    }
  }
});

test("a trace that was disposed of keeps its figures, and what works on it works on", () => {
  const options = { capacity: 64, placement: "first-fit" };
  for (const how of ["dispose", Symbol.dispose].filter((name) => name !== undefined)) {
    const short = parseTrace("+24,+8,-0,+30");
    const works = [new Replay(short, options), new CapacitySearch(short, "best-fit"), new Player(short, options)];
    short[how]();
    short[how]();
    assert.deepEqual([short.operations, short.format, short.peakBytes], [4, "ostep", 38]);
    for (const use of [() => short.ops(), () => replay(short, options), () => smallestCapacity(short, "lifo"), () => new Player(short, options)]) {
      assert.throws(use, { code: "ERR_DISPOSED" }, String(use));
    }
    const between = parseTrace("+24");
    const disposing = { placement: "lifo", get capacity() { between.dispose(); return 64; } };
    const message = /was disposed of/;
    for (const use of [() => replay(between, disposing), () => new Player(between, disposing)]) {
      assert.throws(use, { code: "ERR_DISPOSED", message });
    }
    assert.deepEqual([works[0].run(), works[1].run(), works[1].capacity, works[2].seek(4)], [true, true, 62, true]);
    assert.equal(works[2].operation(0).size, 24);
  }
});

test("what is parsed, replayed, searched or refused leaves nothing in the module's memory", () => {
  const text = Array(5_000).fill("+8").join(",");
  const turn = () => {
    const long = parseTrace(text);
    replay(long, { capacity: 40_000, placement: "lifo" });
    smallestCapacity(long, "lifo");
    for (const placement of ["luck", "lifo"]) assert.throws(() => replay(long, { capacity: placement === "luck" ? 9 : 0, placement }));
    for (let time = 0; time < 500; time++) assert.throws(() => parseTrace("+"), { code: "ERR_TRACE" });
    for (const most of [100, Infinity]) {
      const reader = new TraceReader(text);
      reader.run(most);
      reader.trace?.dispose();
      reader.dispose();
    }
    const refused = new TraceReader(`${text},x`);
    assert.throws(() => refused.run(), { code: "ERR_TRACE" });
    refused.dispose();
    long.dispose();
  };
  for (let time = 0; time < 3; time++) turn();
  const bytes = memory.buffer.byteLength;
  for (let time = 0; time < 60; time++) turn();
  assert.equal(memory.buffer.byteLength, bytes);
});

test("rows are a thousand at most, unless more are asked for", () => {
  const player = new Player(parseTrace(Array(1_500).fill("+8").join(",")), { capacity: 12_000, placement: "first-fit" });
  player.seek(Infinity);
  assert.deepEqual([player.rows(0), player.rows(0, 1_200), player.rows(0, Infinity)].map(({ length }) => length), [1_000, 1_200, 1_500]);
});
