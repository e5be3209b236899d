// The pictures side by side: which placements they show, and how each gets what it shows. Always: all stand at one
// operation of one recording; a picture that is prepared anew leaves the others as they are.
import { Panel } from "./panel.js";
import { openTimeline } from "./timeline.js";
import { PLACEMENTS } from "../manager/placements.js";
import { refusal } from "../page/words.js";

const FIRST = ["lifo", "first-fit", "buddy", "tlsf"];
const NAMES = PLACEMENTS.map(({ name }) => name);

export class Panels {
  #home;
  #shared;
  #callbacks;
  #all = [];
  #trace = null;
  #capacity = 0;
  #position = 0;

  /**
   * @param {HTMLElement} home @param {object} shared what panel.js shares; chosen: another placement was
   * @param {{progressed: () => void, prepared: () => void, refused: (error: Error) => void}} callbacks for each picture
   */
  constructor(home, shared, callbacks) {
    this.#home = home;
    this.#callbacks = callbacks;
    const chosen = (panel) => {
      shared.chosen();
      this.#prepare(panel);
    };
    this.#shared = { ...shared, chosen };
  }

  /** @returns {Panel[]} */
  get all() {
    return this.#all;
  }

  get placements() {
    return this.#all.map(({ placement }) => placement);
  }

  /** Whether all are prepared. */
  get ready() {
    return this.#all.every(({ timeline }) => timeline);
  }

  /** Whether one of them cannot be prepared. */
  get refused() {
    return this.#all.some(({ refused }) => refused);
  }

  /** How far the preparation is, from 0 to 1. */
  get share() {
    return this.#all.reduce((sum, { share }) => sum + share, 0) / this.#all.length;
  }

  /** Prepares all of them. @param {object} trace of twingate-memory/trace @param {number} capacity in units of a byte
   *  @param {number} position the operation to stand at @param {string[]} [placements] those that were shown, if not given */
  async open(trace, capacity, position, placements) {
    [this.#trace, this.#capacity, this.#position] = [trace, capacity, position];
    if (placements || this.#all.length === 0) this.#fill(placements ?? FIRST);
    await Promise.all(this.#all.map((panel) => this.#prepare(panel)));
  }

  /** Goes to an operation as soon as anything is asked. */
  goTo(position) {
    this.#position = position;
    for (const { timeline } of this.#all) timeline?.goTo(position);
  }

  /** Goes to an operation now. */
  reach(position) {
    this.#position = position;
    for (const { timeline } of this.#all) timeline.reach(position);
  }

  #fill(placements) {
    for (const panel of this.#all) panel.dispose();
    this.#all = placements.map((placement) => new Panel(this.#home, placement, NAMES, this.#shared));
  }

  async #prepare(panel) {
    const signal = panel.prepare();
    const { progressed, prepared, refused } = this.#callbacks;
    const options = { placement: panel.placement, capacity: this.#capacity };
    const progress = (share) => {
      panel.progress(share);
      progressed();
    };
    progressed();
    try {
      const timeline = await openTimeline(this.#trace, options, progress, signal);
      timeline.goTo(this.#position);
      panel.show(timeline);
      prepared();
    } catch (error) {
      if (signal.aborted) return;
      panel.refuse(refusal(error));
      refused(error);
    }
  }
}
