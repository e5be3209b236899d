// Several workers: what sharing costs one, and how much more two get done.
import { cell, figure, table } from "../format.mjs";
import { targetList } from "../targets.mjs";
import { workloads } from "../workloads/threads.mjs";

/** How many there are, by the peer's ID. */
const workers = { one: 1, two: 2, plain: 1, apart: 2 };
const peer = (id, label, option) => ({ id, label, module: "./peers/threads/twingate.mjs", option });

export const threads = {
  name: "threads",
  title: "Several workers",
  reference: "one",
  peers: [
    peer("one", "`twingate-memory/threads`, one worker", "1"),
    peer("two", "`twingate-memory/threads`, two workers, one manager", "2"),
    peer("plain", "`twingate-memory`, one worker", "1 plain"),
    peer("apart", "`twingate-memory`, two workers, each a manager of its own", "2 plain"),
  ],
  workloads,

  table({ peers, workloads }) {
    const rows = peers.map(({ id, label }) => {
      const figures = workloads.W4?.[id];
      const ratio = (name) => (id === "one" ? 1 : figures.ratios[name]);
      return [label,
        cell(figures, () => `${figure(1 / ratio("nanoseconds"))}×`),
        cell(figures, ({ nanoseconds }) => `${figure(1000 / nanoseconds)}`),
        cell(figures, () => `${figure(workers[id] / ratio("processor"))}×`),
        cell(figures, ({ processor }) => `${figure(ratio("processor"))}× (${figure(processor)} ns)`)];
    });
    return table(["", "pairs a second", "millions", "by processor time", "processor time a pair"], rows);
  },

  notes({ workloads: { W4 } }) {
    const ceiling = ceilingOf(W4);
    return "W4: W1 in each worker, on slots of its own, in one manager of 2^26 units with `tlsf`. Pairs a second are " +
      "of all workers together by the clock, as multiples of one worker's on the shared module in the run right " +
      "before; by processor time, what they would be had each worker a processor to itself. Processor time is that of " +
      "all workers: what it costs them to keep out of each other's way, and what is comparable on a machine that has " +
      "other work." +
      (ceiling ? ` Two workers that share nothing at all make ${figure(ceiling)} times the pairs a second of one: that ` +
        "is what the machine gave two workers in this run, and what to read the figure of two workers against." : "");
  },

  targets({ workloads: { W4 } }) {
    const { list, add } = targetList();
    add("W4: two workers at least 1.6 times one worker's pairs a second", 1 / W4?.two?.ratios.nanoseconds, (value) => value >= 1.6);
    add("W4: two workers at least 0.9 of what two that share nothing make of one's",
      1 / W4?.two?.ratios.nanoseconds / ceilingOf(W4), (value) => value >= 0.9);
    add("W4: one worker on the shared module at most 1.5 times the plain module's time",
      1 / W4?.plain?.ratios.processor, (value) => value <= 1.5);
    return list;
  },
};

/** How many times one plain worker's pairs a second two make that share nothing. */
function ceilingOf({ plain, apart } = {}) {
  return plain && apart ? plain.ratios.nanoseconds / apart.ratios.nanoseconds : undefined;
}
