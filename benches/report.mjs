// The measurement in Markdown: the machine, one table, what is met.
import { reference } from "./peers.mjs";
import { check } from "./targets.mjs";

export function report(results) {
  return [heading(results), table(results), notes(results), targets(results)].join("\n\n");
}

/** What the README shows. */
export function summaryForReadme(results) {
  return [heading(results), table(results), notes(results)].join("\n\n");
}

function heading({ machine, settings }) {
  const { cpu, cores, system, node, rustc, date, loadBefore } = machine;
  const busy = loadBefore > cores / 2 ? `; the machine was busy with other work (load ${loadBefore})` : "";
  const pairs = settings.pairs.toLocaleString("en");
  return `Measured on ${date}: ${cpu}, ${cores} cores, ${system}, Node ${node}, rustc ${rustc}; ` +
    `${pairs} pairs, medians of ${settings.seeds.length} seeds${busy}.`;
}

function table({ peers, workloads }) {
  const timed = Object.keys(workloads).filter((name) => name.startsWith("W1"));
  const columns = [
    ...timed.map((name) => [name, time(name)]),
    ["W1T failures", ({ W1T }) => failures(W1T)],
    ["util1", ({ W2 }) => share(W2, "util1")],
    ["util2", ({ W2 }) => share(W2, "util2")],
    ["recov64K", ({ W2L }) => share(W2L, "recov64K")],
  ];
  const needed = { "W1T failures": "W1T", util1: "W2", util2: "W2", recov64K: "W2L" };
  const shown = columns.filter(([title]) => (needed[title] ?? title) in workloads);
  const rows = peers.map(({ id, label }) => {
    const own = Object.fromEntries(Object.entries(workloads).map(([name, byPeer]) => [name, byPeer[id]]));
    return [label, ...shown.map(([, cell]) => cell(own))];
  });
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = ["---", ...shown.map(() => "---:")];
  return [line(["", ...shown.map(([title]) => title)]), line(rule), ...rows.map(line)].join("\n");
}

/** Times the reference, and the nanoseconds. */
function time(workload) {
  return (own) => cell(own[workload], ({ nanoseconds, ratio = 1 }) => {
    const mark = own[workload].scaled ? " *" : "";
    return `${figure(ratio)}× (${figure(nanoseconds)} ns)${mark}`;
  });
}

function failures(figures) {
  return cell(figures, ({ failures, pairs }) => `${Math.round((failures / pairs) * 1e6).toLocaleString("en")}`);
}

function share(figures, name) {
  return cell(figures, (figures) => `${figures[name].toFixed(4)}${figures.scaled ? " *" : ""}`);
}

function cell(figures, text) {
  if (figures === undefined) return "";
  return figures === null ? "not finished" : text(figures);
}

function figure(number) {
  const digits = number < 10 ? 2 : number < 100 ? 1 : 0;
  return Number(number.toFixed(digits)).toLocaleString("en");
}

function notes({ workloads, settings }) {
  const lines = [
    `Times are of one \`free\` and one \`alloc\` together, as multiples of \`${reference}\`'s in the run right ` +
      "before, and in nanoseconds (medians of each; JavaScript calls and the workload's own draws included). " +
      "W1: 10,000 live blocks in 2^26 units; W1T: in 2^23, about 91% full; W1N: in 2^28. Failures are per " +
      "million pairs. util1, util2: share of 2^26 units in use when the first request fails, and again after " +
      "half of the blocks were freed at random. recov64K: how much of what is free then can be had in blocks " +
      "of 64 Ki units.",
    "Every run drew the same sizes and slots; a checksum over them was compared.",
  ];
  const reduced = Object.values(workloads).some((byPeer) => Object.values(byPeer).some((figures) => figures?.scaled));
  if (reduced) {
    lines.push("\\* Fewer pairs, or a smaller arena: the scattered placements cost what the extents of a block " +
      "cost, which grow in number with the pairs, and @thi.ng/malloc is linear in the blocks.");
  }
  return lines.join("\n\n");
}

function targets(results) {
  const lines = check(results).map(({ text, value, met }) => {
    const verdict = met === null ? "not measured" : met ? "met" : "NOT MET";
    return `- ${verdict}: ${text}${met === null ? "" : ` (${figure(value)})`}`;
  });
  return ["What `tlsf` with external storage is meant to reach:", "", ...lines].join("\n");
}
