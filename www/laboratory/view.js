// The laboratory as a view of the page. Always: it opens with a recording, so that there is something to
// compare; recordings, workers and the plotting library are loaded only when they are needed.
import { Laboratory } from "./laboratory.js";
import { SideBySide } from "./side.js";
import { chooser, chooserParts } from "../recordings/chooser.js";
import { storage } from "../page/storage.js";
import { Complaint, quote } from "../page/words.js";

const $ = (id) => document.getElementById(id);

export class LaboratoryView {
  #tabs;
  #say;
  #changed;
  #laboratory;
  #side;
  /** The name of a file of the reader's that is open: the file itself cannot be kept. */
  #file = storage("sessionStorage", "laboratory file");
  /** The one that was open before the page was loaded anew, until something else is open. */
  #lost = this.#file.recall();

  /** @param {() => ReturnType<typeof import("../page/views.js").views>} tabs of the page
   *  @param {(text: string, done?: boolean) => void} say
   *  @param {(recording: import("../recordings/recordings.js").Recording, placement: string) => void} play it in the
   *   playground
   *  @param {() => void} changed what is shown is not what a link led to any more */
  constructor(tabs, say, play, changed) {
    this.#tabs = tabs;
    this.#say = say;
    this.#changed = changed;
    this.#laboratory = new Laboratory(laboratoryParts(), { say, play, visit: (position) => this.#side.visit(position) });
    this.#side = new SideBySide(sideParts(), say, (position) => this.#laboratory.goTo(position));
    /** Opens recordings. */
    this.opener = chooser({ ...chooserParts("lab-"), waits: $("compare") }, (...opened) => this.#opened(...opened), say);
    $("lab-capacity").addEventListener("change", () => {
      this.#side.open(this.#laboratory.recording, this.#laboratory.capacity, this.#side.position);
    });
  }

  get shown() {
    return this.#tabs().shown === "laboratory";
  }

  /** To this view, or from it. */
  turned() {
    if (this.shown && !this.#laboratory.recording) this.opener.chosen();
    this.#side.redraw();
  }

  /** What a link tells of it. */
  get place() {
    const entry = this.#laboratory.recording?.entry;
    if (!entry) throw new Complaint("A link cannot hold a recording of your own, only one that comes with the page.");
    const { position, placements } = this.#side;
    return { name: entry.name, position, capacity: this.#laboratory.typedCapacity, placements };
  }

  /** Finds where a link leads. @param {object} target of page/link.js
   *  @returns {Promise<() => Promise<void>>} goes there, and throws where it does not open @throws where that is nowhere */
  async find(target) {
    const open = await this.opener.find(target.name);
    return () => open(target);
  }

  /** Compares a recording at once. */
  compare(recording) {
    this.#show(recording);
    this.#tabs().show("laboratory");
    this.#laboratory.compare();
  }

  redraw(atOnce) {
    this.#laboratory.redraw();
    this.#side.redraw(atOnce);
  }

  async #opened(recording, signal, place) {
    const reminder = this.#lost === null || !recording.entry ? "" : ` To go on with ${quote(this.#lost)}, open it again: the page keeps no files.`;
    this.#show(recording, place);
    this.#say(`Loaded ${recording.trace.name || "the recording"}. Press Compare to replay it under all nine placements.${reminder}`);
  }

  // The place is that of a link that led to the recording.
  #show(recording, place) {
    const { capacity, position, placements } = place ?? {};
    this.opener.show(recording);
    this.#laboratory.open(recording, capacity);
    this.#side.open(recording, this.#laboratory.capacity, position, placements);
    if (!place) this.#changed();
    this.#lost = null;
    this.#file.keep(recording.entry ? null : recording.trace.name || "your file");
  }
}

function laboratoryParts() {
  return {
    opened: $("lab-opened"), about: $("lab-about"), form: $("compare-form"), capacity: $("lab-capacity"),
    compare: $("compare"), running: $("lab-running"), progress: $("lab-progress"), cancel: $("lab-cancel"),
    results: $("lab-results"), advice: $("lab-advice"), onward: $("lab-onward"), compareThere: $("lab-compare-there"),
    playThere: $("lab-play-there"), facts: $("lab-facts"), table: $("comparison"), caption: $("comparison-caption"),
    csv: $("export-csv"), json: $("export-json"), png: $("export-png"),
    other: $("lab-other"), measure: $("lab-measure"), plotWhole: $("lab-plot-whole"), plotThere: $("lab-plot-there"), plot: $("lab-plot"), names: $("lab-names"), plotTable: $("lab-plot-table"),
  };
}

function sideParts() {
  return {
    panels: $("side-panels"), play: $("side-play"), back: $("side-back"), step: $("side-step"),
    position: $("side-position"), text: $("side-text"), speed: $("side-speed"), form: $("side-form"), goal: $("side-goal"), go: $("side-go"),
    colouring: $("side-colouring"), legend: $("side-legend"), nearer: $("side-nearer"), farther: $("side-farther"),
    whole: $("side-whole"), scale: $("side-scale"), readout: $("side-readout"), twin: $("side-twin"), table: $("side-table"),
    asking: { on: $("side-quiz-on"), root: $("side-quiz"), question: $("side-question"), refused: $("side-refused"), show: $("side-show"), off: $("side-off"), score: $("side-score") },
    status: $("status"),
  };
}
