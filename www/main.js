// Puts the page together. Always: every part draws what the session's manager says and acts through
// the session; without WebAssembly the page says so and its controls stay inert.
import { allocationForm } from "./allocation.js";
import { BlockList } from "./blocks.js";
import { chooser } from "./chooser.js";
import { counters } from "./counters.js";
import { Defragmenting } from "./defragmenting.js";
import { showLens } from "./lens.js";
import { palette } from "./palette.js";
import { Picture } from "./picture.js";
import { Player } from "./player.js";
import { Reader } from "./reader.js";
import { refresher } from "./refresh.js";
import { renewalForm } from "./renewal.js";
import { SCENARIOS } from "./scenarios.js";
import { Session } from "./session.js";
import { statusLine } from "./status.js";
import { stepper } from "./steps.js";
import { theme, watchTheme } from "./theme.js";
import { drawTwin } from "./twin.js";

const FIRST_CAPACITY = 64;
/** Milliseconds between pictures while a recording plays or steps run, for readers who asked for less motion. */
const CALM_INTERVAL = 500;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const $ = (id) => document.getElementById(id);
const say = statusLine($("status"));

try {
  const { default: init, MemoryManager } = await import("twingate-memory");
  await init();
  start(new Session(MemoryManager, FIRST_CAPACITY));
} catch (error) {
  say(`The WebAssembly module did not load, so this page cannot work: ${error.message}`, false);
}

function start(session) {
  let colours = palette(theme());
  const perform = (action) => session.perform(action);
  const renewal = makeRenewal(session, () => refresh.soon());
  const player = makePlayer(session, () => renewal.placement);
  const steps = makeSteps(session);
  const defragmenting = makeDefragmenting(session);
  const list = makeList(perform);
  const showCounters = counters($("counters"));
  const picture = makePicture(() => colours, list);
  const allocation = makeAllocation(session, picture);

  const refresh = refresher(() => {
    const { state, manager } = session;
    const reader = new Reader(manager, state);
    picture.draw(state.snapshot, reader, colours, session.moved);
    allocation.draw(player.running);
    $("legend-beyond").hidden = state.stats.internalFragmentation === 0;
    $("legend-moved").hidden = session.moved.length === 0;
    $("legend-pinned").hidden = !state.snapshot.blocks.some(({ pinned }) => pinned);
    showCounters(state);
    player.draw(state);
    if (player.running) list.rest(state.stats.blockCount);
    else list.draw(state.snapshot, (id) => manager.read(id), colours);
    if ($("twin").open && !player.running) drawTwin(twinParts(), reader, manager);
  }, () => ((player.running || defragmenting.running) && stillness.matches ? CALM_INTERVAL : 0));

  session.addEventListener("outcome", ({ detail: { outcome } }) => say(outcome.text, outcome.done));
  session.addEventListener("change", () => {
    renewal.follow();
    player.follow();
    steps.follow();
    defragmenting.follow();
    refresh.soon();
  });
  $("twin").addEventListener("toggle", refresh.soon);
  new ResizeObserver(refresh.soon).observe($("picture-frame"));
  addEventListener("resize", refresh.soon);
  watchTheme($("theme"), () => {
    colours = palette(theme());
    refresh.soon();
  });
  $("clear").addEventListener("click", () => perform({ do: "clear" }));
  const opener = chooser(chooserParts(), player.load.bind(player), say);
  $("play-again").addEventListener("click", () => opener.again(player.recording));
  refresh.now();
  $("controls").inert = false;
  say(`Ready: an empty buffer of ${FIRST_CAPACITY} units. Allocate a block, or go through an example step by step.`);
}

function makeRenewal(session, changed) {
  const parts = {
    form: $("renewal-form"), placement: $("placement"), about: $("placement-about"), capacity: $("capacity"),
    auto: $("auto-defragment"), autoHint: $("auto-hint"),
  };
  return renewalForm(parts, session, changed);
}

function makeAllocation(session, picture) {
  const parts = {
    form: $("allocate-form"), size: $("size"), align: $("align"), alignLine: $("align-line"), preview: $("preview"),
  };
  return allocationForm(parts, session, (extents) => picture.outline(extents));
}

function makePicture(colours, list) {
  const parts = {
    frame: $("picture-frame"), canvas: $("picture"), outline: $("picture-outline"), marks: $("picture-marks"), cursor: $("cursor"),
    scale: $("picture-scale"),
  };
  return new Picture(parts, {
    moved: (reader, unit, cell) => {
      $("readout").textContent = reader.describe(unit);
      showLens($("lens"), reader, unit, cell, colours());
    },
    chosen: ({ block }) => block && list.show(block.id),
  });
}

function makeList(perform) {
  return new BlockList({
    list: $("block-list"), heading: $("blocks-heading"), find: $("find"),
    newer: $("newer"), older: $("older"), pages: $("pages"), text: $("page-text"),
  }, perform);
}

function makePlayer(session, placement) {
  return new Player({
    root: $("player"), chooser: $("chooser"), home: $("recording"), about: $("player-about"), play: $("play"), step: $("step"),
    worst: $("most-fragmented"), again: $("play-again"), close: $("close-recording"), speed: $("speed"),
    position: $("position"), text: $("progress-text"), history: $("history"),
  }, session, placement, say);
}

function makeDefragmenting(session) {
  return new Defragmenting({
    form: $("defragment-form"), order: $("order"), about: $("order-about"), moves: $("moves"),
    atOnce: $("defragment"), step: $("step-defragment"), run: $("run-defragment"), progress: $("defragment-progress"),
  }, session, say);
}

function makeSteps(session) {
  return stepper({
    root: $("steps"), choices: $("scenarios"), heading: $("steps-heading"), list: $("step-list"),
    note: $("step-note"), next: $("next-step"), all: $("all-steps"), end: $("steps-end"),
  }, session, SCENARIOS);
}

function chooserParts() {
  return {
    form: $("recording-form"), select: $("recording"), file: $("recording-file"),
    loading: $("loading"), text: $("loading-text"), cancel: $("cancel-loading"),
  };
}

function twinParts() {
  return { text: $("twin-text"), rows: $("twin-rows"), rest: $("twin-rest") };
}
