// What a user might write. It runs unchanged in Node, from every bundler and in a plain page, and
// returns what the round trip must give everywhere.
import init, { MemoryError, MemoryManager } from "twingate-memory";
import initTrace, { parseTrace } from "twingate-memory/trace";

/** Without sources the modules are found; one call of init loads both. */
export async function roundTrip(source, traceSource) {
  if (traceSource !== undefined) await initTrace(traceSource);
  await init(source);
  const memory = new MemoryManager(6);
  const [a, b, c] = [memory.alloc(2), memory.alloc(2), memory.alloc(2)];
  memory.write(b, "CD");
  memory.free(a);
  memory.free(c);
  const d = memory.alloc(3);
  memory.write(d, "XYZ");
  const scattered = String(memory).split("\n")[1];
  const { done, unitsMoved } = memory.defragment();
  const packed = String(memory).split("\n")[1];
  const result = {
    scattered, done, moved: unitsMoved > 0, packed, read: [memory.read(b), memory.read(d)],
    refused: refusal(() => memory.alloc(2)), stale: refusal(() => memory.read(a)),
    traced: parseTrace("0 2 3 1\na 0 24\na 1 8\nf 0\n").peakBytes,
  };
  memory.dispose();
  return { ...result, disposed: refusal(() => memory.alloc(1)) };
}

export const expected = {
  scattered: "- Z C D Y X", done: true, moved: true, packed: "C D X Y Z -", read: ["CD", "XYZ"],
  refused: "ERR_OUT_OF_MEMORY", stale: "ERR_UNKNOWN_BLOCK", traced: 32, disposed: "ERR_DISPOSED",
};

function refusal(action) {
  try {
    return `not refused: ${action()}`;
  } catch (error) {
    return error instanceof MemoryError ? error.code : `no MemoryError: ${error}`;
  }
}
