// Opening a recording. Always: at most one is being opened, and it is said at once which; how far it is stands beside
// Cancel, first of reading it, then of looking through it; a later one or Cancel ends the earlier one without a trace.
import { show } from "../page/focus.js";
import { refusal, wasAborted } from "../page/words.js";

export class Opening {
  #parts;
  #callbacks;
  #say;
  /** Ends what is being opened; null while nothing is. @type {AbortController | null} */
  #current = null;
  /** What gets the focus from Cancel. */
  #heir = null;

  /**
   * @param {{loading: HTMLElement, text: HTMLElement, cancel: HTMLButtonElement, file: HTMLElement, waits?: HTMLButtonElement}} parts
   *   file: gets the focus from Cancel where nothing had it before; waits: acts on what is open, so not while something is
   *   read
   * @param {{opened: (recording: import("./recordings.js").Recording, signal: AbortSignal, at?: unknown,
   *   progressed?: (share: number) => void) => Promise<void>, rested: () => void}} callbacks progressed: how far looking
   *   through it is, from 0 to 1; rested: nothing is being opened any more
   * @param {(text: string, done?: boolean) => void} say
   */
  constructor(parts, callbacks, say) {
    this.#parts = parts;
    this.#callbacks = callbacks;
    this.#say = say;
    parts.cancel.addEventListener("click", () => this.#cancel());
  }

  get busy() {
    return this.#current !== null;
  }

  /** Opens what is read, or says why it does not open. @param {string} name while it is read
   *  @param {(signal: AbortSignal, progressed: (share: number) => void) =>
   *    Promise<import("./recordings.js").Recording>} read progressed: how far reading it is
   *  @param {unknown} [at] the place of it that was asked for */
  async open(name, read, at) {
    try {
      await this.reach(name, read, at);
    } catch (error) {
      if (!wasAborted(error)) this.#say(refusal(error), false);
    }
  }

  /** The same for who says that it does not open. @throws where it does not */
  async reach(name, read, at) {
    this.#current?.abort();
    const mine = (this.#current = new AbortController());
    const progressed = (doing) => (share) => {
      if (this.#current === mine) this.#parts.text.textContent = `${doing} ${Math.floor(share * 100)} %`;
    };
    const reading = `Reading ${name}…`;
    this.#begin(reading);
    try {
      const recording = await read(mine.signal, progressed(reading));
      mine.signal.throwIfAborted();
      await this.#callbacks.opened(recording, mine.signal, at, progressed(`Looking through ${name}…`));
    } catch (error) {
      // What goes wrong after it was ended is nobody's concern.
      mine.signal.throwIfAborted();
      throw error;
    } finally {
      if (this.#current === mine) this.#rest();
    }
  }

  #begin(doing) {
    const { file, cancel, text } = this.#parts;
    const focused = document.activeElement;
    this.#heir = focused === document.body || focused === cancel ? file : focused;
    this.#be(true);
    text.textContent = doing;
    this.#say(doing);
  }

  #rest() {
    this.#current = null;
    this.#be(false);
    this.#callbacks.rested();
  }

  #be(busy) {
    const { loading, waits } = this.#parts;
    if (waits) waits.disabled = busy;
    show(loading, busy, this.#heir);
  }

  #cancel() {
    this.#current?.abort();
    this.#rest();
    this.#say("Cancelled. No recording was opened.");
  }
}
