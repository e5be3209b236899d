// The list of shipped recordings, which may also name what is open: one of them, or a file of the reader's above those.
// Always: a list without a button opens what is chosen in it; one that did not load can be asked for again.
import { shippedRecordings } from "./recordings.js";
import { wrong } from "../page/fields.js";

export class RecordingList {
  #parts;
  #open;
  #say;
  #shipped;
  /** What names a file of the reader's. */
  #own = new Option("", "");
  /** The value of what is open; null where nothing is. */
  #shown = null;

  /**
   * @param {{form: HTMLElement, select: HTMLSelectElement, again: HTMLButtonElement}} parts form: around the list; one
   *   that is not a form has no button; again: instead of the list, where that did not load
   * @param {(entry: import("./recordings.js").Entry) => Promise<void>} open
   * @param {(text: string, done?: boolean) => void} say
   */
  constructor(parts, open, say) {
    this.#parts = parts;
    this.#open = open;
    this.#say = say;
    this.#shipped = this.#load();
    parts.form.addEventListener(this.#hasButton ? "submit" : "change", (event) => {
      event.preventDefault();
      this.openChosen();
    });
    parts.again.addEventListener("click", () => this.#loadAgain());
  }

  /** When it is there, or known not to be. */
  get loaded() {
    return this.#shipped;
  }

  /** Opens the one that is chosen. */
  async openChosen() {
    const entry = (await this.#shipped).find(({ name }) => name === this.#parts.select.value);
    if (entry) await this.#open(entry);
  }

  /** @param {string} name @returns {Promise<import("./recordings.js").Entry>} @throws where there is none, or the list does
   *  not load now either */
  async find(name) {
    const entries = await shippedRecordings();
    if ((await this.#shipped).length === 0) this.#shipped = this.#load();
    const entry = entries.find((each) => each.name === name);
    if (!entry) throw wrong("there is no such recording");
    return entry;
  }

  /** Names what is open. @param {import("./recordings.js").Recording} recording */
  async show({ entry, trace }) {
    await this.#shipped;
    this.#own.textContent = trace.name || "a file of your own";
    if (entry) this.#own.remove();
    else this.#parts.select.prepend(this.#own);
    this.#shown = entry?.name ?? "";
    this.restore();
  }

  /** Names what is open again, after something else was chosen that did not open. */
  restore() {
    if (this.#shown !== null) this.#parts.select.value = this.#shown;
  }

  get #hasButton() {
    return this.#parts.form.matches("form");
  }

  async #load() {
    const { form, select, again } = this.#parts;
    const entries = await shippedRecordings().catch(() => []);
    form.hidden = entries.length === 0;
    again.hidden = !form.hidden;
    select.replaceChildren(...entries.map(({ title, name }) => new Option(title, name)));
    return entries;
  }

  async #loadAgain() {
    // The button is not disabled meanwhile: it would lose the focus, and what is asked for twice comes once.
    this.#shipped = this.#load();
    const entries = await this.#shipped;
    if (entries.length === 0) return this.#say("The list of recordings did not load. Opening a file works all the same.", false);
    this.#parts.select.focus();
    if (!this.#hasButton && this.#shown === null) this.openChosen();
  }
}
