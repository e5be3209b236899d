// Puts the page together. Always: without WebAssembly the page says so and its controls stay inert; what else keeps it
// from starting, page/unloaded.js says.
import { Bench } from "./bench/bench.js";
import { LaboratoryView } from "./laboratory/view.js";
import { isState } from "./manager/file.js";
import { Session } from "./manager/session.js";
import { copying } from "./page/copying.js";
import { acceptDrops } from "./page/drops.js";
import { embed } from "./page/embed.js";
import { Links } from "./page/linking.js";
import { workOffline } from "./page/offline.js";
import { statusLine } from "./page/status.js";
import { watchTheme } from "./page/theme.js";
import { views } from "./page/views.js";
import { lazyWorkers } from "./page/lazy.js";

const FIRST_CAPACITY = 64;
const $ = (id) => document.getElementById(id);
const { say, sayIn, turned } = statusLine($("status"), "bench");
embed($("whole-page"));

const Manager = await load().catch((error) => {
  say(`This page cannot work because its WebAssembly module did not load: ${error.message.replace(/\.?$/, ".")} ${help()}`, false);
});
if (Manager) start(new Session(Manager, { capacity: FIRST_CAPACITY, placement: "lifo", unit: "char" }));

async function load() {
  const { default: init, MemoryManager } = await import("twingate-memory");
  await init();
  return MemoryManager;
}

function help() {
  return typeof WebAssembly === "undefined"
    ? "Allow WebAssembly in this browser, or use another one."
    : "Look whether there is a network, then load the page anew.";
}

function start(session) {
  const bench = new Bench(session, () => tabs.shown === "bench", sayIn("bench"));
  const laboratory = new LaboratoryView(() => tabs, sayIn("laboratory"), (recording, placement) => {
    tabs.show("bench");
    bench.play(recording, placement);
  }, () => links.leave("laboratory"));
  const workers = lazyWorkers(sayIn("workers"));
  const copiers = { links: [$("copy-link"), $("lab-copy-link")], frame: $("copy-frame") };
  // Last, since the views that are not shown leave the document.
  const tabs = views(["bench", "laboratory", "workers"].map((name) => $(`tab-${name}`)), (name) => {
    turned(name);
    laboratory.turned();
    workers.turned(name === "workers");
    links.turned(name);
    bench.redraw();
  });
  const { player, stepper } = bench;
  const links = new Links(
    { session, stepper, player, laboratory, tabs, findRecording: (target) => bench.find(target) }, sayIn,
  );
  copying(copiers, { session, stepper, player, laboratory }, (hash) => links.placed(hash), say);
  connect({ bench, laboratory, workers, tabs, say });
  bench.redraw(true);
  $("controls").inert = $("toolbar").inert = false;
  say(`Ready: an empty buffer of ${FIRST_CAPACITY} units. Allocate a block, or follow an example step by step.`);
  links.begin();
  workOffline();
}

/** What leads from one view to another, and what all of them follow. */
function connect({ bench, laboratory, workers, tabs, say }) {
  $("to-workers").addEventListener("click", () => tabs.show("workers"));
  $("compare-recording").addEventListener("click", () => laboratory.compare(bench.player.opened.recording));
  let dropped;
  acceptDrops(async (file) => {
    dropped = file;
    const saved = await isState(file);
    if (dropped !== file) return;
    if (!saved && laboratory.shown) return laboratory.opener.file(file);
    tabs.show("bench");
    return saved ? bench.states.open(file) : bench.opener.file(file);
  }, (many) => say(`${many} files were dropped. Drop one at a time.`, false));
  addEventListener("resize", () => {
    bench.redraw();
    workers.redraw();
  });
  watchTheme($("theme"), (atOnce) => {
    bench.recolour(atOnce);
    laboratory.redraw(atOnce);
    workers.redraw();
  });
}
