// The form that defragments: all at once, or in steps of so many moves, one at a press or one a frame.
// Always: a series of steps is towards one order on one manager, and its totals are its reports' sums;
// another manager or another order begins a new one.
import { aboutOrder, insteadOfSteps, ORDERS, outlook } from "./orders.js";
import { mark } from "../page/marking.js";
import { numberIn } from "../page/numbers.js";
import { Complaint, count, leftOver, plural, refusal, sentences } from "../page/words.js";

export class Defragmenting {
  #parts;
  #session;
  #say;
  /** The manager that steps are for. */
  #manager = null;
  #series = null;
  #frame = 0;

  /** @param {Record<string, HTMLElement>} parts @param {import("./session.js").Session} session */
  constructor(parts, session, say) {
    this.#parts = parts;
    this.#session = session;
    this.#say = say;
    parts.order.replaceChildren(...ORDERS.map(({ name }) => new Option(`${name} order`, name)));
    this.#listen();
    this.#show();
  }

  /** Whether steps follow one another now. */
  get running() {
    return this.#frame !== 0;
  }

  /** Ends the steps when their manager is no longer the session's. */
  follow() {
    if (this.#manager && this.#manager !== this.#session.manager) this.#end();
    else this.#sayAbout();
  }

  #listen() {
    const { form, order, moves, step, run } = this.#parts;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.#inSteps) this.#press();
      else this.#session.perform({ do: "defragment", order: this.#order });
    });
    order.addEventListener("change", () => {
      this.#end();
      this.#show();
    });
    moves.addEventListener("input", () => {
      this.#stop();
      this.#show();
    });
    step.addEventListener("click", () => this.#press());
    run.addEventListener("click", () => (this.running ? this.#cancel() : this.#run()));
  }

  get #inSteps() {
    return this.#parts.moves.value.trim() !== "";
  }

  // The original's order is what a call without options gives.
  get #order() {
    const { value } = this.#parts.order;
    return value === ORDERS[0].name && !this.#inSteps ? undefined : value;
  }

  #press() {
    this.#stop();
    const report = this.#step();
    if (report) this.#say(this.#tell(`Step ${count(this.#series.steps)}: ${amount(report)}`));
    this.#show();
  }

  #run() {
    this.#manager = this.#session.manager;
    this.#say(`Defragmenting in steps towards ${this.#order} order.`);
    const frame = () => {
      this.#frame = requestAnimationFrame(frame);
      const report = this.#step();
      if (report?.done) this.#finish();
      else if (!report) this.#stop();
      this.#show();
    };
    this.#frame = requestAnimationFrame(frame);
    this.#show();
  }

  #finish() {
    this.#stop();
    this.#say(this.#tell(`After ${plural(this.#series.steps, "step")}`));
    this.#session.refresh();
  }

  #cancel() {
    this.#stop();
    this.#say(this.#tell(`Stopped after ${plural(this.#series?.steps ?? 0, "step")}`));
    this.#session.refresh();
    this.#show();
  }

  // One step, or null with the reason said.
  #step() {
    const order = this.#order;
    this.#manager = this.#session.manager;
    try {
      const maxMoves = numberIn(this.#parts.moves, 4);
      mark(this.#parts.moves, maxMoves >= 1);
      if (maxMoves < 1) throw tooFew();
      if (!this.#series || this.#series.done) this.#series = begin(this.#session, order);
      const report = this.#session.defragment({ order, maxMoves });
      add(this.#series, report);
      return report;
    } catch (error) {
      this.#series = null;
      this.#say(refusal(error), false);
      return null;
    }
  }

  #tell(opening) {
    if (!this.#series) return `${opening}.`;
    const { units, moves, done, left, outlook: known } = this.#series;
    const stayed = leftOver(left);
    const help = done && left.blocked > 0 ? insteadOfSteps(this.#session.state.snapshot) : "";
    if (done && moves === 0) return sentences(stayed ? "Nothing moved." : "Nothing had to move.", stayed, help);
    const totals = `${plural(units, "unit")} moved in ${plural(moves, "move")}`;
    const state = done ? `done, ${totals} in all` : `not done yet, ${totals} so far`;
    return sentences(`${opening}; ${state}.`, done ? known.past : known.ahead, stayed, help);
  }

  #end() {
    this.#stop();
    this.#manager = this.#series = null;
    this.#show();
  }

  #stop() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  #show() {
    const { atOnce, step, run, progress } = this.#parts;
    this.#sayAbout();
    atOnce.hidden = this.#inSteps;
    step.hidden = run.hidden = !this.#inSteps;
    step.disabled = this.running;
    run.textContent = this.running ? "Stop" : "Run";
    progress.hidden = !this.#series || !this.#inSteps;
    if (!progress.hidden) progress.textContent = progressOf(this.#series);
  }

  #sayAbout() {
    const { order, about } = this.#parts;
    const text = aboutOrder(order.value, this.#session.manager.placement);
    if (about.textContent !== text) about.textContent = text;
  }
}

const tooFew = () => new Complaint("Moves per step must be 1 or more. Leave it empty to move everything at once.");

function begin(session, order) {
  const known = outlook(session.state.snapshot, order);
  const left = { pinned: 0, tooLarge: 0, blocked: 0 };
  return { outlook: known, steps: 0, moves: 0, units: 0, done: false, left };
}

// Over a compaction a block is left once, in the step that meets it: the sum is what stayed.
function add(series, report) {
  series.steps++;
  series.moves += report.moves;
  series.units += report.unitsMoved;
  series.done = report.done;
  for (const why of Object.keys(series.left)) series.left[why] += report.left[why];
}

function amount({ moves, unitsMoved, done }) {
  if (moves > 0) return `${plural(unitsMoved, "unit")} in ${plural(moves, "move")}`;
  return done ? "nothing moved" : "still looking for what to move";
}

function progressOf({ steps, moves, units, done }) {
  const totals = [plural(steps, "step"), plural(moves, "move"), `${plural(units, "unit")} moved`];
  return `${totals.join(", ")}${done ? ": done" : ""}`;
}
