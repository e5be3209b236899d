// Choosing a recording: from the list, or as a file. Always: at most one
// is being opened; a later choice or Cancel ends the earlier one without a trace. A list without a button
// opens what is chosen in it, and names what is open; one that did not load can be asked for again.
import { openFile, openShipped, shippedRecordings } from "./recordings.js";
import { wrong } from "../page/fields.js";
import { refusal } from "../page/words.js";

/**
 * @param {{form: HTMLElement, select: HTMLSelectElement, file: HTMLInputElement,
 *   again: HTMLButtonElement, loading: HTMLElement, text: HTMLElement, cancel: HTMLButtonElement,
 *   waits?: HTMLButtonElement}} parts form: around the list; one that is not a form has no button; again: instead of
 *   the list, where that did not load; waits: acts on what is open, so not while something is read
 * @param {(recording: import("./recordings.js").Recording, signal: AbortSignal, at?: unknown) => Promise<void>} opened
 *   at: the place of it that was asked for
 * @param {(text: string, done?: boolean) => void} say
 * @returns {{again: (recording: import("./recordings.js").Recording) => void, file: (file?: File) => void,
 *   chosen: () => Promise<void>, find: (name: string) => Promise<(at: unknown) => Promise<void>>,
 *   show: (recording: import("./recordings.js").Recording) => Promise<void>}}
 *   again: opens what was read already; file: opens a file; chosen: opens the one chosen in the list, unless
 *   something is being opened; find: a shipped one, to be opened at a place of it; show: names in the list what is open
 */
export function chooser(parts, opened, say) {
  let current = null;
  let before = null;

  async function open(name, read, at) {
    current?.abort();
    const mine = (current = new AbortController());
    before = document.activeElement;
    reading(true);
    parts.text.textContent = `Reading ${name}…`;
    try {
      const recording = await read(mine.signal);
      mine.signal.throwIfAborted();
      await opened(recording, mine.signal, at);
    } catch (error) {
      if (!mine.signal.aborted) say(refusal(error), false);
    } finally {
      if (current === mine) {
        current = null;
        reading(false);
      }
    }
  }

  function reading(on) {
    parts.loading.hidden = !on;
    if (parts.waits) parts.waits.disabled = on;
    if (!on) list.restore();
  }

  const openAFile = (file) => file && open(file.name, (signal) => openFile(file, signal));

  parts.cancel.addEventListener("click", () => {
    current?.abort();
    current = null;
    reading(false);
    before.focus();
    say("Cancelled. No recording was opened.");
  });
  parts.file.addEventListener("change", () => {
    openAFile(parts.file.files[0]);
    // So that choosing the same file again is a change again.
    parts.file.value = "";
  });
  const openEntry = (entry, at) => open(entry.name, (signal) => openShipped(entry, signal), at);
  const list = listOf(parts.select);
  let shipped = fill(parts);
  const openListed = async () => {
    const entry = (await shipped).find(list.isChosen);
    if (entry) await openEntry(entry);
  };
  const hasButton = parts.form.matches("form");
  parts.form.addEventListener(hasButton ? "submit" : "change", (event) => {
    event.preventDefault();
    openListed();
  });
  parts.again.addEventListener("click", async () => {
    parts.again.disabled = true;
    shipped = fill(parts);
    const entries = await shipped;
    parts.again.disabled = false;
    if (entries.length === 0) return say("The list of recordings did not load. Opening a file works all the same.", false);
    parts.select.focus();
    if (!hasButton && !list.namesOne) openListed();
  });
  return {
    again: (recording) => open(recording.trace.name || "the recording", async () => recording),
    file: openAFile,
    async chosen() {
      await shipped;
      if (!current) await openListed();
    },
    async find(name) {
      const entry = (await shipped).find((each) => each.name === name);
      if (!entry) throw wrong("there is no such recording");
      return (at) => openEntry(entry, at);
    },
    async show(recording) {
      await shipped;
      list.show(recording);
    },
  };
}

/** The list, which may name what is open: a shipped recording, or a file of the reader's above those. */
function listOf(select) {
  const own = new Option("", "");
  let shown = null;
  return {
    get namesOne() { return shown !== null; },
    isChosen: ({ name }) => name === select.value,
    show({ entry, trace }) {
      own.textContent = trace.name || "a file of your own";
      if (entry) own.remove();
      else select.prepend(own);
      shown = entry?.name ?? "";
      select.value = shown;
    },
    /** Names what is open again, after something else was chosen that did not open. */
    restore() {
      if (shown !== null) select.value = shown;
    },
  };
}

async function fill({ form, select, again }) {
  let entries = [];
  try {
    entries = await shippedRecordings();
  } catch {
    // Files can be opened without them.
  }
  form.hidden = entries.length === 0;
  again.hidden = !form.hidden;
  select.replaceChildren(...entries.map(({ title, name }) => new Option(title, name)));
  return entries;
}
