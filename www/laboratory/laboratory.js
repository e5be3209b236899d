// The laboratory: one recording, all placements. Always: what is shown belongs to the recording named above
// it; each placement is shown as soon as it is measured, and stays when the rest is cancelled.
import { compare } from "./compare.js";
import { fileName, toCSV, toJSON } from "./exports.js";
import { factsOf } from "./facts.js";
import { Plot } from "./plot.js";
import { recommend } from "./recommend.js";
import { comparisonTable } from "./table.js";
import { PLACEMENTS } from "../manager/placements.js";
import { download } from "../page/download.js";
import { show } from "../page/focus.js";
import { numberUpTo, wholeNumber } from "../page/numbers.js";
import { count, plural, refusal, remarks } from "../page/words.js";

/** A unit is named by 32 bits. */
const LARGEST_CAPACITY = 2 ** 32 - 1;

/** What the page proposes: the peak, and a tenth to spare. */
const proposed = (peak) => Math.min(LARGEST_CAPACITY, Math.max(1, peak + Math.ceil(peak / 10)));

export class Laboratory {
  #parts;
  #say;
  #play;
  #recording = null;
  /** The comparison that is shown, perhaps of some placements only. */
  #comparison = null;
  /** What is recommended for contiguous blocks, if anything is. @type {import("./figures.js").Row | null} */
  #recommended = null;
  /** The comparison that is going on. @type {{abort: AbortController, measured: number} | null} measured: so many
   *  placements of it */
  #running = null;
  #table;
  #plot;

  /**
   * @param {Record<string, HTMLElement>} parts
   * @param {{say: (text: string, done?: boolean) => void, visit: (position: number) => void,
   *   play: (recording: object, placement: string) => void}} page visit: an operation, in the pictures; play: in the
   *   playground
   */
  constructor(parts, { say, visit, play }) {
    this.#parts = parts;
    this.#say = say;
    this.#play = play;
    this.#table = comparisonTable(parts.table);
    this.#plot = new Plot({ frame: parts.plot, measure: parts.measure, whole: parts.plotWhole, there: parts.plotThere, names: parts.names, table: parts.plotTable }, visit);
    this.#listen();
  }

  /** The recording that is open, or null. */
  get recording() {
    return this.#recording;
  }

  /** The capacity chosen, in units of a byte; the proposed one where none is. */
  get capacity() {
    const capacity = wholeNumber(this.#parts.capacity.value);
    return capacity >= 1 ? capacity : this.#proposed;
  }

  /** The capacity as it is typed. @throws Complaint where that is none */
  get typedCapacity() {
    return numberUpTo(this.#parts.capacity, LARGEST_CAPACITY);
  }

  /** Opens a recording. @param {import("../recordings/recordings.js").Recording} recording
   *  @param {number} [capacity] the proposed one, if not given */
  open(recording, capacity = proposed(recording.trace.peakBytes)) {
    if (this.#recording === recording) return;
    this.#cancel();
    this.#recording = recording;
    this.#comparison = null;
    show(this.#parts.results, false, this.#heir);
    this.#parts.capacity.value = capacity;
    this.#parts.about.textContent = describe(recording);
    this.#parts.opened.hidden = false;
  }

  /** Compares all placements on the open recording. */
  async compare() {
    this.#cancel();
    const mine = (this.#running = { abort: new AbortController(), measured: 0 });
    this.#progress(0);
    this.#say(`Replaying ${this.#name} under nine placements.`);
    try {
      const capacity = this.typedCapacity;
      await compare(this.#recording, capacity, (share) => this.#running === mine && this.#progress(share), (comparison) => {
        mine.measured = comparison.rows.length;
        return this.#show(comparison);
      }, mine.abort.signal);
      const { rows } = this.#comparison;
      this.#say(`Compared nine placements on ${this.#name}. ${recommend(rows, capacity).sentences[0]}`);
    } catch (error) {
      if (this.#running === mine) this.#say(refusal(error), false);
    } finally {
      if (this.#running === mine) this.#stop();
    }
  }

  /** Marks the operation that the pictures show. */
  goTo(position) {
    this.#plot.goTo(position);
  }

  /** Draws the plot anew, in the theme's colours. */
  async redraw() {
    await this.#plot.draw();
  }

  get #name() {
    return this.#recording.trace.name || "the recording";
  }

  /** What gets the focus from what goes: Compare waits while a recording is opened. */
  get #heir() {
    const { compare, capacity } = this.#parts;
    return compare.disabled ? capacity : compare;
  }

  get #proposed() {
    return proposed(this.#recording.trace.peakBytes);
  }

  async #show(comparison) {
    const { capacity, rows } = comparison;
    const { results, caption, facts } = this.#parts;
    this.#comparison = comparison;
    results.hidden = false;
    this.#showWhatFor();
    const part = rows.length < PLACEMENTS.length ? `: ${rows.length} of ${PLACEMENTS.length} placements` : "";
    caption.textContent = `Comparison of ${this.#name} at ${plural(capacity, "unit")}${part}`;
    this.#advise(recommend(rows, capacity), capacity);
    facts.textContent = factsOf(comparison);
    this.#table.show(rows);
    await this.#plot.show(rows);
  }

  // The pictures follow the capacity at once, the results only when they are asked for. @returns {string} what is said
  #showWhatFor() {
    const { other } = this.#parts;
    const [compared, chosen] = [this.#comparison.capacity, this.capacity];
    other.hidden = compared === chosen;
    other.textContent = `These results are for ${plural(compared, "unit")}; press Compare for ${count(chosen)}.`;
    return other.hidden ? "" : other.textContent;
  }

  #advise({ sentences, contiguous }, capacity) {
    const { advice, onward, compareThere, playThere } = this.#parts;
    this.#recommended = contiguous;
    advice.textContent = sentences.join(" ") || "There is advice once all contiguous placements are measured.";
    show(onward, contiguous !== null, this.#heir);
    if (contiguous === null) return;
    compareThere.hidden = contiguous.smallest === capacity;
    compareThere.textContent = `Compare at ${plural(contiguous.smallest, "unit")}`;
    playThere.textContent = `Open in the playground under ${contiguous.placement}`;
  }

  // As if the capacity had been typed, so that all that follows it does.
  #compareThere() {
    const { capacity, compare } = this.#parts;
    capacity.value = this.#recommended.smallest;
    capacity.dispatchEvent(new Event("change"));
    compare.focus();
    this.compare();
  }

  #listen() {
    const { form, capacity, cancel, compareThere, playThere, csv, json, png } = this.#parts;
    capacity.addEventListener("change", () => {
      const words = this.#comparison && this.#showWhatFor();
      if (words) this.#say(words);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.compare();
    });
    cancel.addEventListener("click", () => {
      const measured = this.#running?.measured ?? 0;
      this.#cancel();
      this.#say(`Cancelled. ${this.#left(measured)}`);
    });
    compareThere.addEventListener("click", () => this.#compareThere());
    playThere.addEventListener("click", () => this.#play(this.#recording, this.#recommended.placement));
    const file = (ending, make) => async () => {
      const name = fileName(this.#name, ending);
      try {
        download(name, await make(this.#comparison));
        this.#say(`Saved ${name}.`);
      } catch (error) {
        this.#say(refusal(error), false);
      }
    };
    csv.addEventListener("click", file("csv", (comparison) => new Blob([toCSV(comparison)], { type: "text/csv" })));
    json.addEventListener("click", file("json", (comparison) => new Blob([toJSON(comparison)], { type: "application/json" })));
    png.addEventListener("click", file("png", ({ capacity }) => this.#plot.picture(`${this.#name} at ${plural(capacity, "unit")}`)));
  }

  // What is there after a comparison that was cancelled.
  #left(measured) {
    if (measured > 0) return `${measured} of ${PLACEMENTS.length} placements were measured; their results are below.`;
    if (!this.#comparison) return "Nothing was compared.";
    return `The results below are still those for ${plural(this.#comparison.capacity, "unit")}.`;
  }

  #progress(share) {
    const { progress, running } = this.#parts;
    running.hidden = false;
    progress.value = share;
    progress.textContent = `${Math.round(share * 100)} %`;
  }

  #cancel() {
    const running = this.#running;
    if (!running) return;
    this.#stop();
    running.abort.abort();
  }

  #stop() {
    this.#running = null;
    show(this.#parts.running, false, this.#heir);
  }
}

const tooLarge = (peak) => (peak > LARGEST_CAPACITY
  ? ` The largest buffer has ${plural(LARGEST_CAPACITY, "unit")}, so some requests will be refused.` : "");

function describe({ trace, entry }) {
  const source = entry ? `${entry.about} ${entry.program} ${entry.version}, “${entry.command}”: ` : `${trace.name || "A recording"}, in ${trace.format} format: `;
  return `${source}${plural(trace.operations, "operation")} on ${plural(trace.blocks, "block")}, at most ${plural(trace.peakBytes, "byte")} live at once. Here a unit is a byte.${tooLarge(trace.peakBytes)}${remarks(trace)}`;
}
