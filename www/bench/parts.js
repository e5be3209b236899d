// The parts of the bench, each with its elements of the page. Always: what one part needs of another is given to it
// here.
import { allocationForm } from "../manager/allocation.js";
import { BlockList } from "../manager/blocks.js";
import { chosenBlock } from "../manager/chosen.js";
import { counters } from "../manager/counters.js";
import { Defragmenting } from "../manager/defragmenting.js";
import { stateFile } from "../manager/file.js";
import { FreeList } from "../manager/free-list.js";
import { Quiz } from "../manager/quiz.js";
import { Renewal } from "../manager/renewal.js";
import { undoing } from "../manager/undoing.js";
import { mark } from "../page/marking.js";
import { numberIn } from "../page/numbers.js";
import { bringIntoSight } from "../page/sight.js";
import { parseValues } from "../page/values.js";
import { count } from "../page/words.js";
import { showLens } from "../picture/lens.js";
import { Picture } from "../picture/picture.js";
import { chooser, chooserParts } from "../recordings/chooser.js";
import { Player } from "../recordings/player.js";
import { SCENARIOS } from "../scenarios/scenarios.js";
import { Stepper } from "../scenarios/steps.js";

const $ = (id) => document.getElementById(id);

/**
 * @param {import("../manager/session.js").Session} session
 * @param {{colours: () => object, changed: () => void, opened: () => void, catchUp: () => void}} bench changed: something
 *   has to be drawn; opened: something was opened that should be in sight; catchUp: draws at once what is due
 * @param {import("../page/status.js").Say} say
 */
export function assemble(session, { colours, changed, opened, catchUp }, say) {
  const renewal = makeRenewal(session, changed);
  const asking = makeQuiz(session, changed, say);
  // A verdict of the quiz goes before the words on what came of it.
  const tell = (text, done) => {
    const { words, missed } = asking.takeVerdict();
    say(words + text, done, missed);
  };
  const player = makePlayer(session, {
    chosen: () => renewal.chosen, before: asking.before.bind(asking), asks: () => asking.on, opened,
  }, tell);
  const list = makeList(session, catchUp);
  const chosen = makeChosen(session, list);
  const picture = makePicture({ colours, catchUp }, chosen, asking, say);
  const freeList = makeFreeList(picture, changed);
  return {
    renewal, quiz: asking, tell, player, list, chosen, picture, freeList,
    stepper: makeStepper(session, { before: asking.before.bind(asking), opened }, say),
    defragmenting: makeDefragmenting(session, say),
    undo: makeUndoing(session, say),
    counters: counters($("counters")),
    allocation: makeAllocation(session, picture, freeList, asking),
    states: stateFile({ save: $("save-state"), file: $("state-file") }, session, say),
    opener: chooser(chooserParts(""), player.load.bind(player), say),
  };
}

function makeRenewal(session, changed) {
  const parts = {
    form: $("renewal-form"), placement: $("placement"), about: $("placement-about"), capacity: $("capacity"), unit: $("unit"),
    auto: $("auto-defragment"), autoHint: $("auto-hint"),
    pending: $("renewal-pending"), replay: $("replay"),
  };
  return new Renewal(parts, session, changed);
}

function makeQuiz(session, changed, say) {
  return new Quiz({
    on: $("quiz-on"), root: $("quiz"), question: $("quiz-question"), refused: $("quiz-refused"),
    show: $("quiz-show"), off: $("quiz-off"), score: $("quiz-score"), picture: $("picture"),
  }, session, { changed, reveal: () => bringIntoSight($("picture-frame"), $("quiz"), $("status")) }, say);
}

function makeUndoing(session, say) {
  return undoing({ undo: $("undo"), redo: $("redo"), position: $("history-position"), text: $("history-text") }, session, say);
}

function makeFreeList(picture, changed) {
  const parts = { root: $("free-list"), about: $("free-about"), rows: $("free-rows"), rest: $("free-rest"), keys: $("free-keys") };
  // Found now: a view that is not shown is not in the document.
  const [frame, status] = [$("picture-frame"), $("status")];
  return new FreeList(parts, {
    changed,
    point: (extents) => picture.point(extents),
    go(unit) {
      picture.move(unit);
      bringIntoSight(frame, frame, status);
    },
  });
}

function makeAllocation(session, picture, freeList, quiz) {
  const parts = {
    form: $("allocate-form"), size: $("size"), align: $("align"), alignLine: $("align-line"), preview: $("preview"),
  };
  const show = { outline: (extents) => picture.outline(extents), expect: (extents) => freeList.expect(extents) };
  return allocationForm(parts, session, show, quiz);
}

function makePicture({ colours, catchUp }, chosen, quiz, say) {
  const parts = {
    frame: $("picture-frame"), canvas: $("picture"), outline: $("picture-outline"), marks: $("picture-marks"), pointed: $("picture-pointed"),
    labels: $("picture-labels"), badges: $("picture-badges"), travel: $("picture-travel"), cursor: $("cursor"), scale: $("picture-scale"),
  };
  // Found now: a view that is not shown is not in the document.
  const [readout, lens] = [$("readout"), $("lens")];
  return new Picture(parts, {
    catchUp,
    moved: (reader, unit, cell) => {
      readout.textContent = reader.describe(unit);
      showLens(lens, reader, unit, cell, colours());
    },
    picked: (first, units) => quiz.choose(first, units),
    chosen({ unit, block }) {
      chosen.choose(block?.id);
      say(block ? `Block ${block.id}: write, free or pin it right below the picture.` : `Unit ${count(unit)} belongs to no block.`);
    },
  });
}

/** Writes what was typed into a block, and shows it as it is then. */
function writer(session) {
  const write = (id, text) => session.perform({ do: "write", id, data: parseValues(session.manager.unit, text) });
  return (id, held) => {
    if (session.attempt(() => write(id, held.field.value))) held.show(session.manager.read(id));
    else mark(held.field, false);
  };
}

function makeList(session, catchUp) {
  const perform = (action) => session.perform(action);
  const resize = (id, field) => mark(field, session.attempt(() => perform({ do: "resize", id, size: numberIn(field, 4) })));
  return new BlockList({
    list: $("block-list"), heading: $("blocks-heading"), find: $("find"),
    newer: $("newer"), older: $("older"), pages: $("pages"), text: $("page-text"), all: $("all-blocks"),
  }, { perform, write: writer(session), resize, catchUp });
}

function makeChosen(session, list) {
  return chosenBlock({
    root: $("chosen"), name: $("chosen-name"), label: $("chosen-label"), text: $("chosen-text"), write: $("chosen-write"),
    free: $("chosen-free"), pin: $("chosen-pin"), more: $("chosen-more"), home: $("picture"),
  }, session, { write: writer(session), list: (id) => list.show(id) });
}

function makePlayer(session, callbacks, tell) {
  return new Player({
    root: $("player"), facts: $("recording-facts"), picture: $("picture"), heading: $("player-heading"), home: $("recording"),
    about: $("player-about"), play: $("play"), back: $("step-back"), step: $("step"),
    worst: $("most-fragmented"), again: $("play-again"), close: $("close-recording"), speed: $("speed"),
    position: $("position"), text: $("progress-text"), history: $("history"),
  }, session, callbacks, tell);
}

function makeDefragmenting(session, say) {
  return new Defragmenting({
    form: $("defragment-form"), order: $("order"), about: $("order-about"), moves: $("moves"),
    atOnce: $("defragment"), step: $("step-defragment"), run: $("run-defragment"), progress: $("defragment-progress"),
  }, session, say);
}

function makeStepper(session, callbacks, say) {
  return new Stepper({
    root: $("steps"), offer: $("examples"), choices: $("scenarios"), heading: $("steps-heading"), list: $("step-list"),
    note: $("step-note"), back: $("previous-step"), next: $("next-step"), all: $("all-steps"), end: $("steps-end"),
    onward: $("steps-onward"), again: $("steps-again"), following: $("next-example"), workers: $("to-workers"), home: $("picture"),
  }, session, SCENARIOS, callbacks, say);
}
