// Puts the page together. Always: every part draws what the session's manager says and acts through
// the session; without WebAssembly the page says so and its controls stay inert.
import { allocationForm } from "./manager/allocation.js";
import { BlockList } from "./manager/blocks.js";
import { acceptDrops } from "./page/drops.js";
import { chooser } from "./recordings/chooser.js";
import { chosenBlock } from "./manager/chosen.js";
import { counters } from "./manager/counters.js";
import { Defragmenting } from "./manager/defragmenting.js";
import { embed } from "./page/embed.js";
import { showLens } from "./picture/lens.js";
import { laboratoryView } from "./laboratory/view.js";
import { linking } from "./page/linking.js";
import { numberIn } from "./page/numbers.js";
import { overNetwork } from "./page/network.js";
import { refusal } from "./page/words.js";
import { workOffline } from "./page/offline.js";
import { palette } from "./picture/palette.js";
import { Picture } from "./picture/picture.js";
import { Player } from "./recordings/player.js";
import { Quiz } from "./manager/quiz.js";
import { Reader } from "./picture/reader.js";
import { refresher } from "./page/refresh.js";
import { renewalForm } from "./manager/renewal.js";
import { isState, stateFile } from "./manager/file.js";
import { SCENARIOS } from "./scenarios/scenarios.js";
import { Session } from "./manager/session.js";
import { statusLine } from "./page/status.js";
import { bringIntoSight } from "./page/sight.js";
import { stepper } from "./scenarios/steps.js";
import { theme, watchTheme } from "./page/theme.js";
import { undoing } from "./manager/undoing.js";
import { parseValues } from "./page/values.js";
import { views } from "./page/views.js";
import { drawTwin } from "./picture/twin.js";

const FIRST_CAPACITY = 64;
/** Milliseconds between pictures while a recording plays or steps run, for readers who asked for less motion. */
const CALM_INTERVAL = 500;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
/** What the controls ask for; the other actions are asked for in the list of blocks, which has to stay in sight. */
const SEEN = ["renew", "replay", "alloc", "defragment", "clear"];
const $ = (id) => document.getElementById(id);
const { say, turned } = statusLine($("status"), "bench");
embed($("whole-page"));

try {
  const { default: init, MemoryManager } = await import("twingate-memory");
  await init();
  start(new Session(MemoryManager, { capacity: FIRST_CAPACITY, placement: "lifo", unit: "char" }));
} catch (error) {
  say(`This page cannot work because its WebAssembly module did not load: ${error.message}`, false);
}

function start(session) {
  let colours = palette(theme());
  const renewal = makeRenewal(session, () => refresh.soon());
  const asking = makeQuiz(session, () => refresh.soon());
  // A verdict of the quiz goes before the words on what came of it.
  const tell = (text, done) => {
    const { words, missed } = asking.takeVerdict();
    say(words + text, done, missed);
  };
  const player = makePlayer(session, { chosen: () => renewal.chosen, before: asking.before.bind(asking), opened: showStage }, tell);
  const steps = makeSteps(session, asking, showStage);
  const defragmenting = makeDefragmenting(session);
  const undo = makeUndoing(session);
  const list = makeList(session);
  const chosen = makeChosen(session, list);
  const showCounters = counters($("counters"));
  const picture = makePicture(() => colours, chosen, asking);
  const allocation = makeAllocation(session, picture, asking);

  const labLink = $("lab-copy-link");
  const lab = laboratoryView(chooserParts("lab-"), () => tabs, say);
  const workers = lazyWorkers();
  // Last, since the views that are not shown leave the document.
  const tabs = views(["bench", "laboratory", "workers"].map((name) => $(`tab-${name}`)), (name) => {
    turned(name);
    lab.turned();
    workers.turned(name === "workers");
    links.turned(name);
    refresh.soon();
  });
  $("to-workers").addEventListener("click", () => {
    tabs.show("workers");
    $("tab-workers").focus();
  });

  const refresh = refresher(() => {
    if (tabs.shown !== "bench") return;
    const { state, manager } = session;
    const reader = new Reader(manager, state);
    picture.draw(state.snapshot, reader, colours, session, asking.guess);
    allocation.draw(player.running);
    $("begin").hidden = session.history.last > 0 || session.owner !== null;
    $("legend-beyond").hidden = state.stats.internalFragmentation === 0;
    $("legend-moved").hidden = session.moved.length === 0;
    $("legend-touched").hidden = session.touched.length === 0;
    $("legend-pinned").hidden = !state.snapshot.blocks.some(({ pinned }) => pinned);
    showCounters(state);
    player.draw(state);
    if (player.running) {
      list.rest(state.stats.blockCount);
      chosen.hide();
    } else {
      list.draw(state.snapshot, (id) => manager.read(id), colours, session.beginning);
      chosen.draw(state.snapshot.blocks);
    }
    if ($("twin").open && !player.running) drawTwin(twinParts(), reader, manager);
  }, () => ((player.running || defragmenting.running) && stillness.matches ? CALM_INTERVAL : 0));

  // Drawn first: only then it is known how large the picture is.
  function showStage() {
    if (tabs.shown !== "bench") return;
    refresh.now();
    bringIntoSight($("stage"), $("picture-frame"), $("status"));
  }

  session.addEventListener("outcome", ({ detail: { outcome } }) => tell(outcome.text, outcome.done));
  session.addEventListener("acted", ({ detail: { action } }) => {
    // While steps run, people may look where they like.
    if (SEEN.includes(action.do) && !defragmenting.running) showStage();
  });
  session.addEventListener("change", () => {
    for (const part of [renewal, player, steps, defragmenting, undo, asking]) part.follow();
    refresh.soon();
  });
  $("twin").addEventListener("toggle", refresh.soon);
  new ResizeObserver(refresh.soon).observe($("picture-frame"));
  addEventListener("resize", () => {
    refresh.soon();
    workers.redraw();
  });
  const states = stateFile({ save: $("save-state"), file: $("state-file") }, session, say);
  $("clear").addEventListener("click", () => session.perform({ do: "clear" }));
  const opener = chooser(chooserParts(""), player.load.bind(player), say);
  acceptDrops(async (file) => {
    const saved = await isState(file);
    if (!saved && lab.shown) return lab.opener.file(file);
    tabs.show("bench");
    return saved ? states.open(file) : opener.file(file);
  });
  $("compare-recording").addEventListener("click", () => lab.compare(player.opened.recording));
  $("play-again").addEventListener("click", () => opener.again(player.opened.recording));
  watchTheme($("theme"), (atOnce) => {
    colours = palette(theme());
    if (atOnce) refresh.now();
    else refresh.soon();
    lab.redraw(atOnce);
    workers.redraw();
  });
  const links = linking([$("copy-link"), labLink], {
    session, stepper: steps, player, laboratory: lab, tabs,
    async findRecording({ name, position, chosen }) {
      const open = await opener.find(name);
      return () => {
        renewal.choose(chosen);
        return open(position);
      };
    },
  }, say);
  refresh.now();
  $("controls").inert = $("toolbar").inert = false;
  say(`Ready: an empty buffer of ${FIRST_CAPACITY} units. Allocate a block, or follow an example step by step.`);
  links.follow();
  workOffline();
}

/** The view of the workers, loaded with all that it needs when it is first shown. */
function lazyWorkers() {
  let view = null;
  const load = async () => {
    // Found before anything is waited for: a view that is left meanwhile is not in the document.
    const parts = {
      why: $("workers-why"), panel: $("workers-panel"), form: $("workers-form"), size: $("workers-size"),
      placement: $("workers-placement"), toggle: $("workers-toggle"), compacts: $("workers-compacts"),
      verdict: $("workers-verdict"), picture: $("workers-picture"), totals: $("workers-totals"), rows: $("workers-rows"),
    };
    try {
      const { workersView } = await overNetwork("This view", () => import("./workers/view.js"));
      return await workersView(parts, say);
    } catch (error) {
      say(refusal(error), false);
      return null;
    }
  };
  // One that could not be loaded is tried again when it is shown again.
  const begin = () => {
    const mine = (view = load());
    mine.then((loaded) => loaded ?? (view === mine && (view = null)));
  };
  const ask = async (what) => (await view)?.[what]();
  return {
    turned(shown) {
      if (!shown) ask("leave");
      else if (view) ask("redraw");
      else begin();
    },
    redraw: () => ask("redraw"),
  };
}

function makeRenewal(session, changed) {
  const parts = {
    form: $("renewal-form"), placement: $("placement"), about: $("placement-about"), capacity: $("capacity"), unit: $("unit"),
    auto: $("auto-defragment"), autoHint: $("auto-hint"), replay: $("replay"),
  };
  return renewalForm(parts, session, changed);
}

function makeQuiz(session, changed) {
  return new Quiz({
    on: $("quiz-on"), root: $("quiz"), question: $("quiz-question"), refused: $("quiz-refused"),
    show: $("quiz-show"), score: $("quiz-score"),
  }, session, changed);
}

function makeUndoing(session) {
  return undoing({ undo: $("undo"), redo: $("redo"), position: $("history-position"), text: $("history-text") }, session, say);
}

function makeAllocation(session, picture, quiz) {
  const parts = {
    form: $("allocate-form"), size: $("size"), align: $("align"), alignLine: $("align-line"), preview: $("preview"),
  };
  return allocationForm(parts, session, (extents) => picture.outline(extents), quiz);
}

function makePicture(colours, chosen, quiz) {
  const parts = {
    frame: $("picture-frame"), canvas: $("picture"), outline: $("picture-outline"), marks: $("picture-marks"), labels: $("picture-labels"),
    badges: $("picture-badges"), cursor: $("cursor"), scale: $("picture-scale"),
  };
  // Found now: a view that is not shown is not in the document.
  const [readout, lens] = [$("readout"), $("lens")];
  return new Picture(parts, {
    moved: (reader, unit, cell) => {
      readout.textContent = reader.describe(unit);
      showLens(lens, reader, unit, cell, colours());
    },
    picked: (first, units) => quiz.choose(first, units),
    chosen: ({ block }) => chosen.choose(block?.id),
  });
}

/** Writes what was typed into a block. */
function writer(session) {
  return (id, text) => session.attempt(() => session.perform({ do: "write", id, data: parseValues(session.manager.unit, text) }));
}

function makeList(session) {
  const perform = (action) => session.perform(action);
  const resize = (id, field) => session.attempt(() => perform({ do: "resize", id, size: numberIn(field, 4) }));
  return new BlockList({
    list: $("block-list"), heading: $("blocks-heading"), find: $("find"),
    newer: $("newer"), older: $("older"), pages: $("pages"), text: $("page-text"), all: $("all-blocks"),
  }, { perform, write: writer(session), resize });
}

function makeChosen(session, list) {
  return chosenBlock({
    root: $("chosen"), name: $("chosen-name"), label: $("chosen-label"), text: $("chosen-text"), write: $("chosen-write"),
    free: $("chosen-free"), pin: $("chosen-pin"), more: $("chosen-more"), home: $("picture"),
  }, session, { write: writer(session), list: (id) => list.show(id) });
}

function makePlayer(session, callbacks, tell) {
  return new Player({
    root: $("player"), facts: $("recording-facts"), heading: $("player-heading"), home: $("recording"), about: $("player-about"), play: $("play"), back: $("step-back"), step: $("step"),
    worst: $("most-fragmented"), again: $("play-again"), close: $("close-recording"), speed: $("speed"),
    position: $("position"), text: $("progress-text"), history: $("history"),
  }, session, callbacks, tell);
}

function makeDefragmenting(session) {
  return new Defragmenting({
    form: $("defragment-form"), order: $("order"), about: $("order-about"), moves: $("moves"),
    atOnce: $("defragment"), step: $("step-defragment"), run: $("run-defragment"), progress: $("defragment-progress"),
  }, session, say);
}

function makeSteps(session, quiz, opened) {
  return stepper({
    root: $("steps"), offer: $("examples"), choices: $("scenarios"), heading: $("steps-heading"), list: $("step-list"),
    note: $("step-note"), back: $("previous-step"), next: $("next-step"), all: $("all-steps"), end: $("steps-end"),
    onward: $("steps-onward"),
  }, session, SCENARIOS, { before: quiz.before.bind(quiz), opened }, say);
}

function chooserParts(prefix) {
  return {
    form: $(`${prefix}recording-form`), select: $(`${prefix}recording`), file: $(`${prefix || "recording-"}file`),
    again: $(`${prefix}list-again`),
    loading: $(`${prefix}loading`), text: $(`${prefix}loading-text`), cancel: $(`${prefix}cancel-loading`),
  };
}

function twinParts() {
  return { text: $("twin-text"), rows: $("twin-rows"), rest: $("twin-rest") };
}
