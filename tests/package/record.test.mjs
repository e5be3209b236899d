// What examples/record.js records of a manager, read and replayed by the same package.
import assert from "node:assert/strict";
import { test } from "node:test";
import init, { MemoryManager } from "twingate-memory";
import { Player, parseTrace } from "twingate-memory/trace";
import { Random } from "../../benches/random.mjs";
import { record } from "../../examples/record.js";

await init();

test("a recording replays to the state that the manager came to", () => {
  const random = new Random(11);
  const options = { placement: "best-fit", storage: "external" };
  const memory = new MemoryManager(4096, options);
  memory.alloc(10);
  const recording = record(memory);
  for (let turn = 0; turn < 2000; turn++) operate(memory, random);
  recording.stop();
  const text = recording.text();
  memory.alloc(1);
  assert.equal(recording.text(), text, "it has stopped");
  memory.free(memory.ids().at(-1));

  const trace = parseTrace(text);
  assert.deepEqual([trace.format, trace.skipped, trace.inferred], ["android", 0, 0]);
  const player = new Player(trace, { capacity: 4096, placement: "best-fit" });
  player.seek(Infinity);
  const blocksOf = ({ blocks }) => blocks.map(({ size, align, extents }) => ({ size, align, extents }));
  assert.deepEqual(blocksOf(player.snapshot()), blocksOf(memory.snapshot()));
});

function operate(memory, random) {
  const ids = memory.ids();
  const id = ids[random.below(ids.length || 1)];
  const kind = random.below(100);
  const [size, align] = [1 + random.below(60), 1 << random.below(4)];
  try {
    if (kind === 0) memory.clear();
    else if (kind < 30 && ids.length > 0) memory.free(id);
    else if (kind < 50 && ids.length > 0) memory.resize(id, size);
    else if (kind < 75) memory.alloc(size, { align });
    else memory.tryAlloc(size, { align });
  } catch (error) {
    assert.match(error.code, /^ERR_(OUT_OF_MEMORY|FRAGMENTED)$/);
  }
}
