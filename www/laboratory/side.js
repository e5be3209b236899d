// Up to four placements side by side on one recording, at one operation, with one part of the buffer in
// sight. Always: all of them stand at the operation that the slider says, and so does what is said of a unit; a
// drawing is due once a frame; until all are prepared, nothing is shown of any, and nothing can be played; what was
// guessed stays marked until another operation is shown.
import { asking } from "./asking.js";
import { legend } from "./legend.js";
import { Panel } from "./panel.js";
import { COLOURINGS } from "./shades.js";
import { lookOf } from "./look.js";
import { openTimeline } from "./timeline.js";
import { Viewport } from "./viewport.js";
import { PLACEMENTS } from "../manager/placements.js";
import { theme } from "../page/theme.js";
import { numberIn } from "../page/numbers.js";
import { bringIntoSight } from "../page/sight.js";
import { count, perSecond, plural, refusal } from "../page/words.js";

const FIRST = ["lifo", "first-fit", "buddy", "tlsf"];
const SPEEDS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
const SECONDS_TO_PLAY = 15;
const SLICE = 8;
/** Milliseconds between pictures for readers who asked for less motion. */
const CALM_INTERVAL = 500;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const NAMES = PLACEMENTS.map(({ name }) => name);
const FIGURES = ["Placement", "Used", "Free", "Blocks", "Free extents", "Largest free extent", "External fragmentation",
  "Internal fragmentation", "Extents per block", "Refused"];

export class SideBySide {
  #parts;
  #say;
  #panels = [];
  #viewport = new Viewport();
  #recording = null;
  #capacity = 0;
  #position = 0;
  #playing = 0;
  #due = 0;
  #drawnAt = 0;
  #legend;
  #asking;
  /** The picture that was pointed at last, if any. */
  #pointed = null;
  /** What was guessed of the operation that is shown, if anything. */
  #guess = null;
  /** Whether the last preparation was refused. */
  #refused = false;

  /** @param {Record<string, HTMLElement>} parts @param {(text: string, done?: boolean, missed?: boolean) => void} say */
  constructor(parts, say) {
    this.#parts = parts;
    this.#say = say;
    this.#legend = legend(parts.legend);
    this.#asking = asking(parts.asking, (verdict) => {
      this.#to(this.#position + 1);
      if (!verdict) return;
      this.#guess = verdict.guess;
      this.#say(verdict.words, true, verdict.missed);
    }, () => bringIntoSight(parts.asking.root, parts.panels, parts.status));
    parts.colouring.replaceChildren(...COLOURINGS.map(({ name, title }) => new Option(title, name)));
    parts.speed.replaceChildren(...SPEEDS.map((speed) => new Option(perSecond(speed), speed)));
    this.#listen();
  }

  get position() {
    return this.#position;
  }

  /** The placements shown. */
  get placements() {
    return this.#panels.map(({ placement }) => placement);
  }

  /** Shows a recording at an operation. @param {number} capacity in units of a byte
   *  @param {string[]} [placements] those that were shown, if not given */
  async open(recording, capacity, position = 0, placements = undefined) {
    this.#pause();
    this.#asking.cancel();
    this.#recording = recording;
    this.#capacity = capacity;
    const { operations } = recording.trace;
    this.#parts.position.max = operations;
    this.#parts.speed.value = SPEEDS.find((speed) => operations / speed <= SECONDS_TO_PLAY) ?? SPEEDS.at(-1);
    if (placements || this.#panels.length === 0) this.#fill(placements ?? FIRST);
    this.#position = Math.min(position, operations);
    this.#guess = null;
    this.#parts.position.value = this.#position;
    this.#point(null);
    this.#parts.table.tBodies[0].replaceChildren();
    await Promise.all(this.#panels.map((panel) => this.#supply(panel)));
  }

  /** Draws soon, or at once; while it plays, that is done anyway. */
  redraw(atOnce = false) {
    if (atOnce && this.#recording && this.#ready && this.#parts.panels.isConnected) return this.#draw();
    if (this.#due || !this.#recording || (this.#playing && !stillness.matches)) return;
    document.documentElement.setAttribute("data-due", "");
    this.#due = requestAnimationFrame(() => {
      this.#due = 0;
      if (this.#ready && this.#parts.panels.isConnected) this.#draw();
      document.documentElement.removeAttribute("data-due");
    });
  }

  /** Goes to an operation, all at once. */
  goTo(position) {
    const { operations } = this.#recording.trace;
    this.#position = Math.min(Math.max(position, 0), operations);
    this.#guess = null;
    for (const { timeline } of this.#panels) timeline?.goTo(this.#position);
    this.redraw();
  }

  /** Goes to an operation and says so; not before the pictures are prepared. */
  visit(position) {
    if (this.#ready) this.#to(position);
  }

  get #ready() {
    return this.#panels.every(({ timeline }) => timeline);
  }

  #fill(placements) {
    const shared = {
      viewport: this.#viewport,
      changed: () => this.redraw(),
      chosen: (panel) => {
        this.#pause();
        this.#asking.cancel();
        this.#guess = null;
        this.#point(null);
        this.#supply(panel);
      },
      picked: (panel, unit) => this.#asking.choose(panel, unit, this.#viewport.perPixel),
      pointed: (panel) => this.#point(panel),
    };
    for (const panel of this.#panels) panel.dispose();
    this.#panels = placements.map((placement) => new Panel(this.#parts.panels, placement, NAMES, shared));
  }

  async #supply(panel) {
    const signal = panel.prepare();
    const options = { placement: panel.placement, capacity: this.#capacity };
    const progressed = (share) => {
      panel.progress(share);
      this.#showProgress();
    };
    this.#showProgress();
    try {
      const timeline = await openTimeline(this.#recording.trace, options, progressed, signal);
      timeline.goTo(this.#position);
      panel.show(timeline);
      if (this.#ready) this.#sayPrepared();
      this.redraw();
    } catch (error) {
      if (signal.aborted) return;
      panel.refuse(refusal(error));
      this.#refused = true;
      this.#showProgress();
      this.#say(refusal(error), false);
    }
  }

  // A refusal that still stands in the status line no longer holds.
  #sayPrepared() {
    if (this.#refused) this.#say(`The pictures are ready, with ${plural(this.#capacity, "unit")} each.`);
    this.#refused = false;
  }

  #point(panel) {
    this.#pointed = panel;
    this.#parts.readout.textContent = panel?.pointed ?? "";
  }

  #showProgress() {
    const { text, position } = this.#parts;
    const share = this.#panels.reduce((sum, panel) => sum + panel.share, 0) / this.#panels.length;
    text.textContent = this.#panels.some(({ refused }) => refused)
      ? "No pictures: one of them could not be prepared"
      : `Preparing the pictures … ${Math.floor(share * 100)} %`;
    position.setAttribute("aria-valuetext", text.textContent);
    this.#enable(false);
  }

  #enable(on) {
    const { play, back, step, position, go } = this.#parts;
    play.disabled = position.disabled = go.disabled = !on;
    back.disabled = !on || this.#position === 0;
    step.disabled = !on || this.#position === this.#recording.trace.operations;
  }

  #draw() {
    const busy = this.#playing !== 0;
    this.#viewport.fit(this.#capacity, ...this.#panels[0].room());
    const look = lookOf(this.#parts.colouring.value, theme());
    for (const panel of this.#panels) panel.draw(look, busy, this.#guess?.panel === panel ? this.#guess : null);
    const { operations } = this.#recording.trace;
    const { position, text, play, scale } = this.#parts;
    position.value = this.#position;
    text.textContent = `${count(this.#position)} of ${plural(operations, "operation")}`;
    position.setAttribute("aria-valuetext", text.textContent);
    play.textContent = busy ? "Pause" : "Play";
    this.#legend(this.#parts.colouring.value, theme());
    scale.textContent = scaleText(this.#viewport);
    this.#enable(true);
    this.#parts.readout.textContent = (!busy && this.#pointed?.pointed) || "";
    if (!busy && this.#parts.twin.open) this.#drawTwin();
  }

  #drawTwin() {
    const line = (tag, texts) => {
      const row = document.createElement("tr");
      row.append(...texts.map((text, at) => {
        const cell = document.createElement(tag === "th" || at === 0 ? "th" : "td");
        if (cell.tagName === "TH") cell.scope = tag === "th" ? "col" : "row";
        cell.textContent = text;
        return cell;
      }));
      return row;
    };
    const { table } = this.#parts;
    table.tHead.replaceChildren(line("th", FIGURES));
    table.tBodies[0].replaceChildren(...this.#panels.map((panel) => line("td", panel.figures())));
  }

  #play() {
    this.#asking.cancel();
    this.#guess = null;
    const { operations } = this.#recording.trace;
    if (this.#position === operations) this.goTo(0);
    let due = this.#position;
    let then = performance.now();
    const frame = (now) => {
      this.#playing = requestAnimationFrame(frame);
      if (stillness.matches && now - this.#drawnAt < CALM_INTERVAL) return;
      // A page that was in the background must not catch up for minutes.
      due += (Number(this.#parts.speed.value) * Math.min(Math.max(now - then, 1), stillness.matches ? CALM_INTERVAL : 250)) / 1000;
      then = this.#drawnAt = now;
      this.#advance(Math.min(Math.floor(due), operations));
      // Where the time did not suffice, go on from what was reached.
      if (this.#position < Math.floor(due)) due = this.#position;
      if (this.#position === operations) this.#pause("Played to the end");
      this.#draw();
    };
    this.#playing = requestAnimationFrame(frame);
  }

  // All panels go the same way, a part at a time, for as long as a frame has room.
  #advance(until) {
    const end = performance.now() + SLICE;
    do {
      const next = Math.min(until, this.#position + 4096);
      for (const { timeline } of this.#panels) timeline.reach(next);
      this.#position = next;
    } while (this.#position < until && performance.now() < end);
  }

  #pause(why) {
    cancelAnimationFrame(this.#playing);
    this.#playing = 0;
    if (why) this.#say(`${why}: ${this.#place}.`);
    if (this.#recording) this.redraw();
  }

  #to(position) {
    this.#pause();
    this.#asking.cancel();
    this.goTo(position);
    this.#say(`At ${this.#place}.`);
  }

  #goToTyped() {
    try {
      this.#to(numberIn(this.#parts.goal, this.#recording.trace.operations >> 1));
    } catch (error) {
      this.#say(refusal(error), false);
    }
  }

  get #place() {
    return `operation ${count(this.#position)} of ${count(this.#recording.trace.operations)}`;
  }

  #step() {
    this.#pause();
    const asked = this.#asking.ask(this.#panels);
    if (!asked) this.#to(this.#position + 1);
  }

  #listen() {
    const { play, step, back, position, form, colouring, nearer, farther, whole, twin } = this.#parts;
    play.addEventListener("click", () => (this.#playing ? this.#pause("Paused") : this.#play()));
    step.addEventListener("click", () => this.#step());
    back.addEventListener("click", () => this.#to(this.#position - 1));
    position.addEventListener("input", () => this.#to(Number(position.value)));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#goToTyped();
    });
    colouring.addEventListener("change", () => this.redraw());
    const look = (button, change) => button.addEventListener("click", () => {
      change();
      this.redraw();
    });
    look(nearer, () => this.#viewport.zoom(true));
    look(farther, () => this.#viewport.zoom(false));
    look(whole, () => this.#viewport.reset());
    twin.addEventListener("toggle", () => this.redraw());
    new ResizeObserver(() => this.#recording && this.redraw()).observe(this.#parts.panels);
  }
}

function scaleText({ side, perPixel, row }) {
  const size = perPixel > 1 ? `A pixel shows ${plural(perPixel, "unit")}` : `A unit is ${plural(side, "pixel")} wide`;
  return `${size}, a row ${plural(row, "unit")}.`;
}
