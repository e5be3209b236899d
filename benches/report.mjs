// The measurement in Markdown: the machine, a table for each group, what is met.
import { figure } from "./format.mjs";
import { glance } from "./glance.mjs";
import { groups } from "./groups.mjs";

export function report(results) {
  return [allTables(results), targets(results)].join("\n\n");
}

/** What the README of the project shows. */
export function shortTable(results) {
  return [heading(results), glance(results)].join("\n\n");
}

/** What the README of the benches shows. */
export function allTables(results) {
  const measured = groups.filter(({ name }) => name in results.groups);
  const parts = measured.flatMap((group) => {
    const own = results.groups[group.name];
    return [`**${group.title}**`, group.table(own), group.notes(own), ...busy(own, results.machine)];
  });
  return [heading(results), ...parts, drawn].join("\n\n");
}

const drawn = "Every run drew the same sizes and slots; a checksum over them was compared.";

function heading({ machine, settings }) {
  const { cpu, cores, system, node, rustc, date } = machine;
  const pairs = settings.pairs.toLocaleString("en");
  return `Measured on ${date}: ${cpu}, ${cores} cores, ${system}, Node ${node}, rustc ${rustc}; ` +
    `${pairs} pairs, medians of ${settings.seeds.length} seeds.`;
}

/** From a tenth of a core on it is told. */
function busy({ busyBefore }, { cores }) {
  return busyBefore >= 0.1 ? [`When this began, other work kept ${busyBefore} of ${cores} cores busy.`] : [];
}

function targets(results) {
  const all = groups.flatMap(({ name, targets }) => targets(results.groups[name] ?? { workloads: {} }));
  const lines = all.map(({ text, value, met }) => {
    const verdict = met === null ? "not measured" : met ? "met" : "NOT MET";
    return `- ${verdict}: ${text}${met === null ? "" : ` (${figure(value)})`}`;
  });
  return ["What `tlsf` is meant to reach:", "", ...lines].join("\n");
}
