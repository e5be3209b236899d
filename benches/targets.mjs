// What the package promises of its speed, as ratios of one run.
//
// What always holds: a target whose figures were not measured is neither met nor missed.

/** Each target with its value: `{ text, value, met }`; `met` is null when it was not measured. */
export function check({ workloads }) {
  const figures = (workload, peer) => workloads[workload]?.[peer];
  const slower = (workload, peer) => figures(workload, peer)?.ratio;
  const list = [];
  const add = (text, value, met) => list.push({ text, value, met: Number.isFinite(value) ? met(value) : null });
  for (const workload of ["W1", "W1T"]) {
    const atLeast = (peer, name, times) =>
      add(`${workload}: at least ${times} times as fast as ${name}`, slower(workload, peer), (value) => value >= times);
    atLeast("playcanvas", "PlayCanvas", 6);
    atLeast("codemix", "codemix malloc", 6);
    atLeast("thi.ng", "@thi.ng/malloc", 400);
    add(`${workload}: at most 1.5 times the native offset-allocator's time`,
      1 / slower(workload, "offset-allocator"), (value) => value <= 1.5);
    for (const fit of ["first-fit", "best-fit"]) {
      add(`${workload}: ${fit} at most 4 times tlsf's time at 10,000 blocks`, slower(workload, fit), (value) => value <= 4);
    }
  }
  const many = figures("W1N 100,000", "tlsf")?.nanoseconds;
  const few = figures("W1N 1,000", "tlsf")?.nanoseconds;
  add("W1N: 100,000 blocks at most twice the time of 1,000", many / few, (value) => value <= 2);
  return list;
}
