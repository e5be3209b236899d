// Copying into blocks and out of them, beside TypedArray.set: node benches/copying.mjs
//
// What always holds: in every round each way copies the same bytes to or from as many places, one
// way after the other, so that a ratio compares what ran side by side. Times are of the processor.
import { build } from "../scripts/build.mjs";
import { main } from "../scripts/progress.mjs";
import { figure, table } from "./format.mjs";
import { median } from "./numbers.mjs";
import { processorTime } from "./processor.mjs";
import { targetList } from "./targets.mjs";

const rounds = 15;
const kinds = { u8: Uint8Array, f32: Float32Array, f64: Float64Array };
const large = 65536;
const sizes = { 16: 200_000, 1024: 100_000, [large]: 4_000 };
// So many places, so that not all depends on how two of them lie to each other.
const places = 16;

await main(async () => {
  await build();
  const { default: init, MemoryManager } = await import("twingate-memory");
  await init();
  const results = Object.entries(kinds).flatMap(([unit, Kind]) => Object.entries(sizes).map(([bytes, calls]) =>
    ({ unit, bytes: Number(bytes), ...measure({ MemoryManager, unit, Kind, bytes: Number(bytes), calls }) })));
  console.log(table(["unit", "bytes", "`writeFrom`", "of `set`", "`readInto`", "of `set`"], results.map(row)));
  const { list, add } = targetList();
  for (const { unit, bytes, write, read, writeShare, readShare } of results) {
    const what = `${unit}, ${bytes} bytes`;
    if (bytes === 16) add(`${what}: at most 60 ns`, Math.max(write, read), (value) => value <= 60);
    if (bytes === large) add(`${what}: at least 80% of set`, Math.min(writeShare, readShare), (value) => value >= 0.8);
  }
  for (const { text, value, met } of list) console.log(`- ${met ? "met" : "NOT MET"}: ${text} (${figure(value)})`);
});

function row({ unit, bytes, write, read, writeShare, readShare }) {
  const percent = (share) => `${Math.round(share * 100)}%`;
  return [unit, String(bytes), `${figure(write)} ns`, percent(writeShare), `${figure(read)} ns`, percent(readShare)];
}

/** Nanoseconds of a call, and the speed as a share of that of `set` with a subarray. */
function measure({ MemoryManager, unit, Kind, bytes, calls }) {
  const count = bytes / Kind.BYTES_PER_ELEMENT;
  const memory = new MemoryManager(count * places, { unit, placement: "tlsf" });
  const ids = Array.from({ length: places }, () => memory.alloc(count));
  const plain = new Kind(count * places);
  const parts = ids.map((_, place) => plain.subarray(place * count, (place + 1) * count));
  const data = new Kind(count).fill(1);
  const ways = {
    write: (place) => memory.writeFrom(ids[place], 0, data),
    setInto: (place) => parts[place].set(data),
    read: (place) => memory.readInto(ids[place], 0, data),
    setFrom: (place) => data.set(parts[place]),
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = -2; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const begin = processorTime();
      for (let call = 0; call < calls; call++) way(call % places);
      if (round >= 0) times[name].push(((processorTime() - begin) * 1e6) / calls);
    }
  }
  memory.dispose();
  const share = (way, set) => median(times[way].map((time, round) => times[set][round] / time));
  return {
    write: median(times.write), read: median(times.read),
    writeShare: share("write", "setInto"), readShare: share("read", "setFrom"),
  };
}
