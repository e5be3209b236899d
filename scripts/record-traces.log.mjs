// From valgrind's log to operations, and from operations to the rep form.
// Deliberately not the package's own reader: the tests compare the two.

/** The log without what differs from run to run: the process's number and its parent's. */
export function anonymise(log) {
  const process = /^==(\d+)==/.exec(log)[1];
  return log
    .replace(/^.*Parent PID.*\n/m, "")
    .replace(new RegExp(`^(==|--)${process}\\1`, "gm"), "$11$1");
}

/** What the program called: { kind: "alloc" | "resize" | "free" | "nothing", block, size }. */
export function operations(log) {
  const calls = [];
  const live = new Map();
  let blocks = 0;
  const alloc = (pointer, size) => {
    if (!Number(pointer)) return calls.push({ kind: "nothing" });
    if (live.has(pointer)) throw new Error(`${pointer} is returned while it is live`);
    live.set(pointer, blocks);
    calls.push({ kind: "alloc", block: blocks++, size: Math.max(1, size) });
  };
  const free = (pointer) => {
    if (!Number(pointer)) return calls.push({ kind: "nothing" });
    if (!live.has(pointer)) throw new Error(`${pointer} is freed and was never returned`);
    calls.push({ kind: "free", block: live.get(pointer) });
    live.delete(pointer);
  };
  const resize = (old, pointer, size) => {
    const block = live.get(old);
    live.delete(old);
    live.set(pointer, block);
    calls.push({ kind: "resize", block, size: Math.max(1, size) });
  };
  for (const line of log.split("\n")) {
    const [, name, args, result] =
      /^--\d+-- .*?(\w+)\(([^()]*)\)(?: = (0x\w+))?$/.exec(line) ?? [];
    const numbers = args?.match(/(0x)?[0-9A-F]+/g) ?? [];
    if (name === "malloc") alloc(result, Number(numbers[0]));
    else if (name === "calloc") alloc(result, numbers[0] * numbers[1]);
    else if (name === "memalign") alloc(result, Number(numbers[1]));
    else if (name === "realloc") resize(numbers[0], result, Number(numbers[1]));
    else if (name === "free") free(numbers[0]);
    else if (/^_Zn[wa]/.test(name)) alloc(result, Number(numbers[0]));
    else if (/^_Zd[la]/.test(name)) free(numbers[0]);
  }
  return calls;
}

/** The figures by which a trace is listed. */
export function summary(calls) {
  const sizes = new Map();
  let live = 0;
  let peakBytes = 0;
  for (const { kind, block, size = 0 } of calls) {
    if (kind === "nothing") continue;
    live += size - (sizes.get(block) ?? 0);
    sizes.set(block, size);
    peakBytes = Math.max(peakBytes, live);
  }
  return { operations: calls.length, blocks: sizes.size, peakBytes };
}

/** The rep form. A freed id is used again, the newest first: small numbers compress well. */
export function toRep(calls) {
  const ids = new Map();
  const unused = [];
  let bound = 0;
  const lines = calls.map(({ kind, block, size }) => {
    if (kind === "alloc") ids.set(block, unused.pop() ?? bound++);
    const id = ids.get(block);
    if (kind === "free") unused.push(id);
    return kind === "free" ? `f ${id}` : `${kind === "alloc" ? "a" : "r"} ${id} ${size}`;
  });
  return `${[summary(calls).peakBytes, bound, calls.length, 1, ...lines].join("\n")}\n`;
}
