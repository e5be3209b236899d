// The page's modules that need no page: where units lie, whose they are, how bytes become units.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../benches/random.mjs";
import init, { MemoryManager } from "../../dist/index.js";
import { cellOf, eachRow, layOut, unitAt } from "../../www/picture/grid.js";
import { apply } from "../../www/manager/actions.js";
import { History } from "../../www/manager/history.js";
import { framesOf } from "../../www/picture/marks.js";
import { movedBetween, outOfOrder } from "../../www/manager/moves.js";
import { outlook } from "../../www/manager/orders.js";
import { Session } from "../../www/manager/session.js";
import { about, isContiguous, PLACEMENTS } from "../../www/manager/placements.js";
import { difference, replay, undone } from "../../www/manager/replaying.js";
import { wholeNumber } from "../../www/page/numbers.js";
import { refresher } from "../../www/page/refresh.js";
import { shortValue } from "../../www/page/values.js";
import { grouped, ordinal, places, series } from "../../www/page/words.js";
import { Replay } from "../../www/recordings/replay.js";
import { chooseScale } from "../../www/recordings/scale.js";
import { Units } from "../../www/picture/units.js";

test("the grid holds every unit once and fits its room", () => {
  for (const capacity of [1, 6, 16, 17, 64, 255, 1000, 9_999, 262_144, 1_000_000]) {
    for (const [width, height] of [[296, 240], [880, 352], [1760, 704]]) {
      const grid = layOut(capacity, width, height, 60, 6);
      assert.ok(grid.width <= width && grid.height <= height, `${capacity} in ${width} x ${height}`);
      const every = Math.ceil(capacity / 2000);
      for (let unit = 0; unit < capacity; unit += every) {
        const { x, y } = cellOf(grid, unit);
        const found = unitAt(grid, x, y);
        assert.ok(found <= unit && unit < found + grid.shared, `unit ${unit} of ${capacity}`);
      }
      assert.equal(unitAt(grid, -1, 0), -1);
      assert.equal(unitAt(grid, grid.width, 0), -1);
    }
  }
});

test("rows cover an extent exactly", () => {
  const grid = layOut(100, 800, 600, 60, 6);
  const seen = [];
  eachRow(grid, 5, 60, (row, from, to) => {
    for (let column = from; column <= to; column++) seen.push(row * grid.columns + column);
  });
  assert.deepEqual(seen, Array.from({ length: 56 }, (_, at) => at + 5));
});

test("a unit's block and its place in it, in ascending and descending extents", () => {
  const blocks = [
    { id: 2, size: 2, length: 0, extents: [{ start: 2, length: 2, step: 1 }] },
    { id: 4, size: 3, length: 3, extents: [{ start: 5, length: 2, step: -1 }, { start: 1, length: 1, step: 1 }] },
  ];
  const units = new Units({ nextAllocIndex: 6, blocks, freeExtents: [{ start: 0, length: 1 }, { start: 6, length: 2 }] });
  const said = Array.from({ length: 8 }, (_, unit) => {
    const { block, offset, tail } = units.at(unit);
    return block ? `${block.id}.${offset}` : tail ? "tail" : "freed";
  });
  assert.deepEqual(said, ["freed", "4.2", "2.0", "2.1", "4.1", "4.0", "tail", "tail"]);
});

test("units that are in no block's extents and not free were handed out with the block before them", () => {
  const blocks = [
    { id: 7, size: 9, length: 0, extents: [{ start: 16, length: 9, step: 1 }] },
    { id: 3, size: 5, length: 0, extents: [{ start: 0, length: 5, step: 1 }] },
  ];
  const units = new Units({ capacity: 32, nextAllocIndex: 32, blocks, freeExtents: [{ start: 8, length: 8 }] });
  assert.deepEqual(units.beyond.map(({ low, high, beyond }) => [low, high, beyond.id]), [[5, 7, 3], [25, 31, 7]]);
  assert.deepEqual([units.at(6).beyond.id, units.at(6).block, units.at(31).tail], [3, null, false]);
  assert.deepEqual([units.at(4).beyond, units.at(4).block.id, units.at(8).beyond], [null, 3, null]);
});

test("units beyond what was asked for are looked for only where there are some", () => {
  const unread = { id: 1, size: 3, get extents() { throw new Error("no index was needed"); } };
  const units = new Units({ capacity: 8, nextAllocIndex: 3, blocks: [unread], freeExtents: [{ start: 3, length: 5 }] });
  assert.deepEqual(units.beyond, []);
});

test("extents are listed by address, wherever they stand in their blocks", () => {
  const capacity = 2 ** 22;
  const random = new Random(5);
  const starts = Array.from({ length: capacity / 64 }, (_, at) => at * 64);
  const shuffled = starts.map((start) => [random.below(2 ** 30), start]).sort(([a], [b]) => a - b).map(([, start]) => start);
  const extents = shuffled.map((start, at) => (at % 2 ? { start, length: 64, step: 1 } : { start: start + 63, length: 64, step: -1 }));
  const units = new Units({ capacity, nextAllocIndex: capacity, blocks: [{ id: 1, size: capacity, extents }], freeExtents: [] });
  assert.deepEqual(units.places.map(({ low }) => low), starts);
  assert.ok(units.places.every(({ low, high, before, extent }) => high === low + 63 && extents[before / 64] === extent));
});

test("what moved is told unit by unit, in block order", () => {
  const run = (start, length, step = 1) => ({ start, length, step });
  const moved = (before, after) => movedBetween({ blocks: [{ id: 1, extents: before }] }, { blocks: [{ id: 1, extents: after }] })
    .map(({ start, length, step }) => ({ start, length, step }));
  assert.deepEqual(moved([run(3, 4)], [run(3, 4)]), []);
  assert.deepEqual(moved([run(3, 4)], [run(0, 4)]), [run(0, 4)]);
  assert.deepEqual(moved([run(0, 2), run(5, 2)], [run(0, 4)]), [run(2, 2)]);
  assert.deepEqual(moved([run(5, 2, -1), run(1, 1)], [run(5, 2, -1), run(0, 1)]), [run(0, 1)]);
  assert.deepEqual(movedBetween({ blocks: [] }, { blocks: [{ id: 2, extents: [run(0, 4)] }] }), [], "a new block did not move");
});

test("one frame stands around what moved within an extent, in however many pieces it came", () => {
  const run = (start, length, step = 1) => ({ start, length, step });
  const frames = (before, after) => {
    const blocks = [{ id: 1, extents: after }];
    return framesOf(movedBetween({ blocks: [{ id: 1, extents: before }] }, { blocks }), blocks);
  };
  assert.deepEqual(frames([run(2, 3, -1), run(11, 3, -1), run(5, 1)], [run(3, 7)]), [run(3, 7)]);
  assert.deepEqual(frames([run(0, 4), run(8, 2)], [run(0, 6)]), [run(4, 2)], "what stayed is left out at the end");
  assert.deepEqual(frames([run(4, 5, -1)], [run(0, 5)]), [run(0, 5)], "and the unit in the middle of what turned is not");
  assert.deepEqual(frames([run(0, 2), run(8, 2)], [run(4, 2), run(12, 2)]), [run(4, 2), run(12, 2)]);
});

test("what moved, and what is out of order, is what a look at every unit finds", async () => {
  await init();
  const random = new Random(3);
  const unitsOf = (extents) => extents.flatMap(({ start, length, step }) => Array.from({ length }, (_, at) => start + at * step));
  for (let round = 0; round < 300; round++) {
    const manager = new MemoryManager(40, { placement: "lifo" });
    for (let turn = 0; turn < 30; turn++) attempt(() => apply(manager, someAction(random, manager, 6)));
    const before = manager.snapshot();
    const inOrder = before.blocks.flatMap(({ extents }) => unitsOf(extents));
    assert.equal(outOfOrder(before), inOrder.filter((unit, place) => unit !== place).length, `round ${round}`);
    attempt(() => manager.defragment());
    const after = manager.snapshot();
    const then = new Map(before.blocks.map(({ id, extents }) => [id, unitsOf(extents)]));
    const moves = after.blocks.flatMap(({ id, extents }) => unitsOf(extents).map((unit, at) => [id, then.get(id)[at], unit]));
    const told = movedBetween(before, after).flatMap(({ id, start, length, step, from }) =>
      Array.from({ length }, (_, at) => [id, from.start + at * from.step, start + at * step]));
    const byPlace = (all) => all.toSorted((a, b) => a[2] - b[2]);
    assert.deepEqual(byPlace(told), byPlace(moves.filter(([, from, to]) => from !== to)), `round ${round}`);
    manager.dispose();
  }
});

test("the outlook counts what is known, and says nothing else", () => {
  const block = (id, start, length, pinned = false) => ({ id, pinned, extents: [{ start, length, step: 1 }] });
  const snapshot = (placement, ...blocks) => ({ placement, capacity: 20, freeUnits: 12, blocks, freeExtents: [{ start: 0, length: 4 }] });
  const scattered = snapshot("lifo", block(1, 6, 4), block(2, 12, 4));
  assert.match(outlook(scattered, "any").ahead, /^At least 6 units must move: those at or above unit 8\.$/);
  assert.match(outlook(scattered, "allocation").past, /^At least 8 units had to move/);
  assert.match(outlook(scattered, "address").ahead, /^At most 8 units must move/);
  assert.equal(outlook(scattered, "address").past, "", "what moved was just said");
  const contiguous = snapshot("first-fit", block(1, 6, 4), block(2, 12, 4, true));
  assert.match(outlook(contiguous, "any").past, /^Sliding down could have moved up to 4 units/);
  assert.equal(outlook(contiguous, "allocation").ahead, "");
  assert.equal(outlook({ ...contiguous, freeExtents: [] }, "any").past, "");
  for (const order of ["address", "any"]) assert.equal(outlook({ ...contiguous, placement: "buddy" }, order).ahead, "", "what buddy moves is rounded up");
});

test("a number is read as the page shows it, and in other common forms", () => {
  for (const text of ["50000", "50,000", "50 000", "50_000", "50\u202f000", " 50000 "]) assert.equal(wholeNumber(text), 50_000, text);
  assert.deepEqual(["0", "-1", "1,234,567"].map(wholeNumber), [0, -1, 1_234_567]);
  for (const text of ["", " ", "abc", "1.5", "1,5", "1,0000", "1e3", "0x10", "NaN", "Infinity", ",1", "1,,000"]) {
    assert.ok(Number.isNaN(wholeNumber(text)), text);
  }
});

test("numbers in a sentence have separators, but not in IDs, nor in what is quoted", () => {
  assert.equal(grouped("1234 units beside block 1234, ID 5678"), "1,234 units beside block 1234, ID 5678");
  assert.equal(grouped('line 1200: found "returned 1000 \\" 2000", expected `Free(1000)`; 3000'), 'line 1,200: found "returned 1000 \\" 2000", expected `Free(1000)`; 3,000');
});

test("a number in a cell is cut to what cannot be read as another", () => {
  const cells = [[12345, "12345"], [-12345, "-12345"], [123456, "1.2e5"], [1e10, "1e10"], [1e308, "1e308"], [-1e-300, "…"],
    [0.123456, "0.123"], [18446744073709551615n, "2e19"], [Infinity, "Infinity"], [-0, "-0"], ["e", "e"]];
  for (const [value, shown] of cells) assert.equal(shortValue(value), shown);
});

test("units are named as one would say them", () => {
  const extent = (start, length, step = 1) => ({ start, length, step });
  assert.deepEqual([places([extent(7, 1)]), places([extent(0, 2)]), places([extent(0, 4), extent(9, 2, -1)])],
    ["unit 7", "units 0 and 1", "units 0 to 3, 9 and 8"]);
  assert.deepEqual([series(["a"], "and"), series(["a", "b"], "and"), series(["a", "b", "c"], "or")], ["a", "a and b", "a, b or c"]);
});

test("a place among others is counted as one would say it", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 22, 1013].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "22nd", "1,013th"]);
});

test("every placement has a line of its own", () => {
  assert.equal(PLACEMENTS.length, 9);
  assert.equal(new Set(PLACEMENTS.map(({ name }) => about(name))).size, 9);
  assert.deepEqual(PLACEMENTS.filter(({ name }) => !isContiguous(name)).map(({ name }) => name), ["lifo", "contiguous-first", "address-ordered"]);
});

test("a scale is chosen by rounded requests, with a tenth to spare", () => {
  const one = operations([[0, 0, 100], [0, 1, 100], [2, 0, 0], [3, 0, 0], [1, 1, 50]]);
  assert.deepEqual(pick(chooseScale(one, 2)), { bytes: 1, capacity: 220 });
  const large = operations([[0, 0, 10_000_000]]);
  assert.deepEqual(pick(chooseScale(large, 1)), { bytes: 16, capacity: 687_500 });
  const tiny = operations(Array.from({ length: 900_000 }, (_, at) => [0, at, 1]));
  assert.equal(chooseScale(tiny, 900_000).capacity, 990_000);
});

test("a recording runs in order, and a refused block is not freed", () => {
  const log = [];
  const manager = {
    alloc(size) {
      log.push(`alloc ${size}`);
      if (size > 10) throw Object.assign(new Error("too large"), { code: size > 20 ? "ERR_OUT_OF_MEMORY" : "ERR_FRAGMENTED" });
      return log.length;
    },
    free: (id) => log.push(`free ${id}`),
    has: (id) => id === 1,
    resize: (id, size) => log.push(`resize ${id} to ${size}`),
  };
  const list = operations([[0, 0, 5], [0, 1, 11], [2, 1, 0], [3, 0, 0], [1, 0, 7], [0, 1, 21], [2, 0, 0]]);
  const replay = new Replay(list, { units: (bytes) => bytes }, 2);
  replay.run(manager, 2);
  assert.equal(replay.position, 2);
  replay.run(manager, Infinity);
  assert.deepEqual(log, ["alloc 5", "alloc 11", "resize 1 to 7", "alloc 21", "free 1"]);
  assert.deepEqual([replay.refused, replay.fragmented, replay.ended], [2, 1, true]);
});

test("a free of a block that is gone is no refusal, and what is none of a request's is thrown", async () => {
  await init();
  const list = operations([[0, 0, 4], [0, 1, 4], [2, 0, 0], [0, 2, 99], [2, 2, 0], [2, 1, 0]]);
  const manager = new MemoryManager(8, { placement: "first-fit" });
  const replay = new Replay(list, { units: (bytes) => bytes }, 3);
  replay.run(manager, 2);
  manager.free(replay.ids[0]);
  assert.deepEqual(replay.next(manager), { do: "nothing" });
  replay.run(manager, Infinity);
  assert.deepEqual([replay.refused, replay.ended, manager.blockCount], [1, true, 0]);
  manager.dispose();
  const again = new Replay(list, { units: (bytes) => bytes }, 3);
  assert.throws(() => again.run(manager, Infinity), { code: "ERR_DISPOSED" });
  assert.equal(again.refused, 0);
});

test("whatever an action is refused for is an outcome, and nothing is thrown", async () => {
  await init();
  class Poor extends MemoryManager {
    explain() {
      throw Object.assign(new Error("no memory for the answer"), { code: "ERR_OUT_OF_MEMORY" });
    }
  }
  const options = { capacity: 8, placement: "first-fit", unit: "char" };
  const poor = new Session(Poor, options);
  assert.deepEqual(poor.perform({ do: "alloc", size: 9 }), { done: false, text: "Refused: no memory for the answer (ERR_OUT_OF_MEMORY)" });
  const session = new Session(MemoryManager, options);
  const wrong = [{ do: "alloc", size: 9 }, { do: "alloc", size: 0 }, { do: "alloc", size: NaN }, { do: "alloc", size: 1, align: 3 },
    { do: "free", id: 1 }, { do: "write", id: 1, data: "a" }, { do: "resize", id: 1, size: 2 }, { do: "pin", id: 1 }];
  for (const action of wrong) assert.equal(session.perform(action).done, false, action.do);
  assert.match(session.perform({ do: "alloc", size: 9 }).text, /^Refused: .* \(ERR_OUT_OF_MEMORY\)$/);
  session.manager.dispose();
  for (const action of wrong) assert.match(session.perform(action).text, /ERR_DISPOSED/, action.do);
});

test("what is refused while memory runs out changes nothing: neither what is shown, nor where it stands, nor whose it is", async () => {
  await init();
  const wanting = { lack: () => false };
  const managers = [];
  class Poor extends MemoryManager {
    constructor(...given) {
      if (wanting.lack("new")) throw outOfMemory();
      super(...given);
      managers.push(this);
    }

    defragment(options) {
      if (wanting.lack("defragment")) throw outOfMemory();
      return super.defragment(options);
    }

    alloc(...request) {
      if (wanting.lack("alloc")) throw outOfMemory();
      return super.alloc(...request);
    }

    save() {
      if (wanting.lack("save")) throw outOfMemory();
      return super.save();
    }
  }
  const outOfMemory = () => Object.assign(new Error("no memory"), { code: "ERR_OUT_OF_MEMORY" });
  const session = new Session(Poor, { capacity: 8, placement: "first-fit" });
  const { history } = session;
  const shown = () => [session.manager.snapshot(), history.position, session.owner, session.place, session.byHand];
  const refuses = (what, act) => {
    const [before, { manager }] = [shown(), session];
    const made = managers.length;
    wanting.lack = (asked) => asked === what;
    assert.throws(act, { code: "ERR_OUT_OF_MEMORY" }, what);
    wanting.lack = () => false;
    assert.deepEqual(shown(), before, what);
    assert.equal(session.manager, manager);
    for (const other of managers.slice(made)) assert.throws(() => other.usedUnits, { code: "ERR_DISPOSED" }, `${what} leaves none half made`);
  };
  for (const size of [1, 2]) session.perform({ do: "alloc", size });
  for (const what of ["new", "alloc"]) refuses(what, () => session.goTo(1));
  const recording = { open: true, place: { position: 5 } };
  const saved = session.manager.save();
  session.show(session.make({ capacity: 8, placement: "first-fit" }), recording);
  refuses("new", () => session.goTo(1));
  refuses("save", () => session.defragment({ order: "any", maxMoves: 1 }));
  refuses("save", () => session.open(saved, "a file"));
  // From here on the recording's state is in the history.
  assert.equal(session.perform({ do: "free", id: 1 }).done, false);
  assert.equal(session.byHand, false, "it is still the recording's");
  refuses("defragment", () => session.defragment({ order: "any", maxMoves: 1 }));
  assert.equal(session.perform({ do: "alloc", size: 1 }).done, true);
  assert.equal(session.owner, recording);
  assert.equal(session.byHand, true);
});

test("a state that there is no memory to keep is made again from what was done", async () => {
  await init();
  const origin = { make: () => new MemoryManager(200) };
  const history = new History(() => assert.fail("none is kept"));
  history.restart(origin);
  const manager = origin.make();
  manager.save = () => {
    throw new Error("no memory");
  };
  for (let turn = 1; turn <= 100; turn++) {
    history.add({ action: { do: "alloc", size: 1 }, id: manager.alloc(1) }, manager);
    assert.equal(history.position, turn);
  }
  const again = history.goTo(100);
  assert.equal(again.usedUnits, 100);
  for (const each of [manager, again]) each.dispose();
});

function operations(list) {
  return {
    kind: Uint8Array.from(list, ([kind]) => kind),
    block: Uint32Array.from(list, ([, block]) => block),
    size: Float64Array.from(list, ([, , size]) => size),
  };
}

function pick({ bytes, capacity }) {
  return { bytes, capacity };
}

test("a history with kept states shows what one that does everything again would", async () => {
  await init();
  for (const placement of ["lifo", "tlsf"]) {
    const random = new Random(7);
    const origin = { make: () => new MemoryManager(2000, { placement, unit: "u16" }) };
    let loads = 0;
    const history = new History((bytes) => {
      loads++;
      return MemoryManager.load(bytes);
    });
    history.restart(origin);
    let manager = origin.make();
    const actions = [];
    for (let turn = 0; turn < 3_000; turn++) {
      const action = someAction(random, manager);
      const result = attempt(() => apply(manager, action));
      if (result !== REFUSED) {
        actions.splice(history.position, Infinity, action);
        history.add(action.do === "defragment" ? { action, midway: !result.done } : { action }, manager);
      }
      if (turn % 50 !== 49) continue;
      manager.dispose();
      manager = history.goTo(turn % 1_000 === 999 ? random.below(history.last + 1) : history.last - random.below(5));
      const again = origin.make();
      for (const action of actions.slice(0, history.position)) apply(again, action);
      assert.deepEqual(manager.snapshot(), again.snapshot(), `${placement}, turn ${turn}, at ${history.position}`);
      again.dispose();
    }
    manager.dispose();
    assert.ok(loads > 10, `${loads} states were used`);
  }
});

test("operations that went through other placements are the same when they come back", async () => {
  await init();
  const random = new Random(11);
  for (let round = 0; round < 50; round++) {
    const manager = new MemoryManager(60, { placement: "worst-fit" });
    const asked = [];
    for (let turn = 0; turn < 80; turn++) {
      const action = someAction(random, manager, 25);
      const { blockCount } = manager;
      const result = attempt(() => apply(manager, action));
      if (result === REFUSED) {
        if (action.do === "alloc" || action.do === "resize" && blockCount > 0) asked.push(undone(action));
      } else asked.push(action.do === "alloc" ? { action, id: result } : { action });
    }
    let through = asked;
    for (const placement of ["buddy", "lifo", "first-fit", "worst-fit"]) {
      const other = new MemoryManager(60, { placement });
      through = replay(other, through);
      if (placement === "worst-fit") assert.deepEqual(other.snapshot(), manager.snapshot(), `round ${round}`);
      other.dispose();
    }
    assert.match(difference(asked, through), /^all succeeded, as before$|^each succeeded or was refused, as before$/);
    manager.dispose();
  }
});

test("a drawing is due until everything that was asked for is drawn, each once", () => {
  const frames = [];
  const drawn = [];
  let due = false;
  Object.assign(globalThis, {
    document: { documentElement: { toggleAttribute: (name, on) => (due = on) } },
    requestAnimationFrame: (frame) => frames.push(frame),
  });
  const [one, other] = ["one", "other"].map((name) => refresher(() => drawn.push(name)));
  one.soon();
  other.soon();
  other.soon();
  assert.ok(due);
  one.now();
  assert.ok(due, "the other is still due");
  while (frames.length > 0) frames.shift()();
  assert.deepEqual([drawn, due], [["one", "other"], false]);
});

test("after a drawing it rests as long as that took at least, and as long as it is told", (t) => {
  const frames = [];
  let [now, number] = [0, 0];
  t.mock.method(performance, "now", () => now);
  Object.assign(globalThis, {
    document: { documentElement: { toggleAttribute() {} } },
    requestAnimationFrame: (frame) => frames.push(frame),
  });
  for (const [rest, expected] of [[undefined, 20], [(took) => 3 * took, 60], [() => 5, 20]]) {
    const { soon, now: draw } = refresher(() => { now += 20; number++; }, rest);
    draw();
    const [from, drawn] = [now, number];
    soon();
    for (; number === drawn; now++) frames.shift()();
    assert.equal(now - 1 - 20 - from, expected);
  }
});

const REFUSED = Symbol("refused");

function attempt(act) {
  try {
    return act();
  } catch {
    return REFUSED;
  }
}

function someAction(random, manager, largest = 60) {
  const ids = manager.snapshot({ contents: false }).blocks.map(({ id }) => id);
  const id = ids[random.below(ids.length)] ?? 0;
  const size = 1 + random.below(largest);
  const choices = [{ do: "alloc", size }, { do: "alloc", size }, { do: "free", id }, { do: "write", id, data: [size] },
    { do: "resize", id, size }, { do: random.below(2) ? "pin" : "unpin", id },
    { do: "defragment", order: "any", maxMoves: 1 + random.below(3) }];
  return random.below(200) ? choices[random.below(choices.length)] : { do: "defragment" };
}
