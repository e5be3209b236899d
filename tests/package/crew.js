// Several workers and one manager: what each worker does, and what must be true of it all at the
// end. It runs unchanged in Node and in a page.
//
// What always holds: a block's values tell whose they are, so that whoever has the ID can check
// them; blocks change hands through a mailbox while everybody works.

export const UNITS = 20_000;
export const MAILBOX = 64;

/** One worker's turns; returns the IDs that it is left with and what it counted. */
export function work(memory, { seed, turns, mailbox }) {
  const random = generator(seed);
  const mine = [];
  const totals = { allocations: 0, frees: 0, failures: 0 };
  const chosen = () => random(mine.length);
  const take = () => mine.splice(chosen(), 1)[0];
  const actions = [
    () => {
      const id = attempt(totals, () => memory.alloc(1 + random(200)));
      if (id === undefined) return;
      totals.allocations++;
      write(memory, id);
      mine.push(id);
    },
    () => {
      const id = take();
      memory.free(id);
      totals.frees++;
      if (memory.has(id)) throw new Error(`block ${id} is freed and still there`);
    },
    () => write(memory, mine[chosen()]),
    () => check(memory, mine[chosen()]),
    () => attempt(totals, () => memory.resize(mine[chosen()], 1 + random(200))),
    () => {
      const other = Atomics.exchange(mailbox, random(MAILBOX), take());
      if (other === 0) return;
      check(memory, other);
      mine.push(other);
    },
  ];
  for (let turn = 0; turn < turns; turn++) {
    const action = mine.length === 0 ? 0 : [0, 0, 1, 2, 3, 4, 5][random(7)];
    actions[action]();
  }
  return { mine, totals };
}

/** What is true when everybody has stopped; throws where it is not. */
export function audit(memory, mailbox, results) {
  const ids = [...results.flatMap(({ mine }) => mine), ...mailbox].filter((id) => id !== 0);
  const { blocks, freeExtents } = memory.snapshot({ contents: false });
  same("blocks", blocks.map(({ id }) => id).sort((a, b) => a - b), ids.sort((a, b) => a - b));
  const taken = new Uint8Array(UNITS);
  const runs = [...blocks.flatMap(({ extents }) => extents), ...freeExtents];
  for (const { start, length, step = 1 } of runs) {
    for (let unit = 0; unit < length; unit++) taken[start + unit * step]++;
  }
  if (taken.some((times) => times !== 1)) throw new Error("a unit is lost, or owned twice");
  for (const id of ids) check(memory, id);
  const stats = memory.stats();
  for (const name of ["allocations", "frees", "failures"]) {
    same(name, stats[name], results.reduce((sum, { totals }) => sum + totals[name], 0));
  }
  same("used units", stats.usedUnits, blocks.reduce((sum, { size }) => sum + size, 0));
  for (const id of ids) memory.free(id);
  memory.alloc(UNITS);
  return ids.length;
}

/** Compaction beside the workers until `ended`, in steps with breaths for the event loop. */
export async function compact(memory, ended) {
  const orders = ["any", "address", "allocation"];
  let steps = 0;
  for (; !ended(); steps++) {
    memory.defragment({ order: orders[steps % 3], maxMoves: 4 });
    if (steps % 50 === 0) memory.defragment();
    const { usedUnits, freeUnits } = memory.stats();
    same("units", usedUnits + freeUnits, UNITS);
    if (steps % 10 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  return steps;
}

function attempt(totals, action) {
  try {
    return action();
  } catch (error) {
    if (error.code !== "ERR_OUT_OF_MEMORY" && error.code !== "ERR_FRAGMENTED") throw error;
    totals.failures++;
  }
}

function write(memory, id) {
  memory.write(id, new Uint32Array(memory.size(id)).map((_, unit) => value(id, unit)));
}

function check(memory, id) {
  memory.read(id).forEach((found, unit) => {
    if (found !== value(id, unit)) throw new Error(`block ${id} has a value that is not its own`);
  });
}

function value(id, unit) {
  return (Math.imul(id, 0x9e3779b1) ^ unit) >>> 0;
}

function same(what, found, expected) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
  }
}

/** Xorshift. */
function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1) | 1;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
