// The entry twingate-memory/trace of the installed package: replays and capacities.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createProject } from "./project.mjs";

const project = createProject();
const { CapacitySearch, MemoryError, parseTrace, Replay, replay, smallestCapacity } =
  await import(join(project, "node_modules", "twingate-memory", "dist", "trace.js"));

const PLACEMENTS = ["lifo", "contiguous-first", "address-ordered", "first-fit", "next-fit", "best-fit",
  "worst-fit", "buddy", "tlsf"];
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
});

test("a replay and a search in parts can be watched", () => {
  const parts = new Replay(trace, { capacity: 62, placement: "tlsf", samples: 2 });
  const seen = [];
  while (!parts.run(1)) seen.push(parts.position);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.deepEqual(parts.report(), replay(trace, { capacity: 62, placement: "tlsf" }));
  assert.deepEqual([...parts.samples().position], [2, 4]);
  assert.deepEqual([...parts.samples().usedUnits], [32, 38]);
  const search = new CapacitySearch(trace, "best-fit");
  while (!search.run(3)) assert.equal(search.capacity, undefined);
  assert.deepEqual([search.capacity, search.exact], [62, true]);
  assert.ok(search.operations > 4);
  search.dispose();
  assert.throws(() => search.run(), (error) => error instanceof MemoryError && error.code === "ERR_DISPOSED");
});

test("what cannot be replayed is refused by its code", () => {
  const code = (action, expected) => assert.throws(action, { code: expected });
  for (const capacity of [0, -1, 1.5, NaN, 2 ** 32]) {
    code(() => replay(trace, { capacity, placement: "lifo" }), "ERR_INVALID_CAPACITY");
  }
  code(() => replay(trace, { capacity: 9, placement: "luck" }), "ERR_INVALID_ARGUMENT");
  code(() => replay({}, { capacity: 9, placement: "lifo" }), "ERR_INVALID_ARGUMENT");
  code(() => replay(trace), "ERR_INVALID_ARGUMENT");
  code(() => smallestCapacity(trace, "luck"), "ERR_INVALID_ARGUMENT");
  code(() => new Replay(trace, { capacity: 9, placement: "lifo" }).run(0), "ERR_INVALID_ARGUMENT");
  const error = (() => { try { smallestCapacity(parseTrace("+4294967295,+1"), "tlsf"); } catch (error) { return error; } })();
  assert.deepEqual([error instanceof RangeError, error.code], [true, "ERR_INVALID_CAPACITY"]);
});
