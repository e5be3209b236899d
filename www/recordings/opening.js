// Opening a recording. Always: at most one is being opened, and it is said at once which; how far it is stands beside
// Cancel; a later one or Cancel ends the earlier one without a trace.
import { show } from "../page/focus.js";
import { refusal } from "../page/words.js";

/**
 * @param {{loading: HTMLElement, text: HTMLElement, cancel: HTMLButtonElement, file: HTMLElement, waits?: HTMLButtonElement}} parts
 *   file: gets the focus from Cancel where nothing had it before; waits: acts on what is open, so not while something is
 *   read
 * @param {(recording: import("./recordings.js").Recording, signal: AbortSignal, at?: unknown,
 *   progressed?: (share: number) => void) => Promise<void>} opened progressed: how far it is, from 0 to 1
 * @param {() => void} rested nothing is being opened any more
 * @param {(text: string, done?: boolean) => void} say
 */
export function opening({ loading, text, cancel, file, waits }, opened, rested, say) {
  let current = null;
  /** What gets the focus from Cancel. */
  let heir = null;

  function be(busy) {
    if (waits) waits.disabled = busy;
    show(loading, busy, heir);
    if (!busy) rested();
  }

  async function open(name, read, at) {
    current?.abort();
    const mine = (current = new AbortController());
    const focused = document.activeElement;
    heir = focused === document.body || focused === cancel ? file : focused;
    be(true);
    const doing = `Reading ${name}…`;
    text.textContent = doing;
    say(doing);
    const progressed = (share) => {
      if (current === mine) text.textContent = `${doing} ${Math.floor(share * 100)} %`;
    };
    try {
      const recording = await read(mine.signal);
      mine.signal.throwIfAborted();
      await opened(recording, mine.signal, at, progressed);
      return true;
    } catch (error) {
      if (!mine.signal.aborted) say(refusal(error), false);
      return false;
    } finally {
      if (current === mine) {
        current = null;
        be(false);
      }
    }
  }

  cancel.addEventListener("click", () => {
    current?.abort();
    current = null;
    be(false);
    say("Cancelled. No recording was opened.");
  });

  return {
    get busy() { return current !== null; },
    /** Opens what is read. @param {string} name while it is read
     *  @param {(signal: AbortSignal) => Promise<import("./recordings.js").Recording>} read
     *  @param {unknown} [at] the place of it that was asked for @returns {Promise<boolean>} whether it opened */
    open,
  };
}
