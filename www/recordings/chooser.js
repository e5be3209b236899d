// Choosing a recording: from the list, by the file field, or dropped onto the page. Always: at most one
// is being opened; a later choice or Cancel ends the earlier one without a trace.
import { openFile, openShipped, shippedRecordings } from "./recordings.js";
import { refusal } from "../page/words.js";

/**
 * @param {{form: HTMLFormElement, select: HTMLSelectElement, file: HTMLInputElement,
 *   loading: HTMLElement, text: HTMLElement, cancel: HTMLButtonElement}} parts
 * @param {(recording: import("./recordings.js").Recording, signal: AbortSignal, at?: number) => Promise<void>} opened
 * @param {(text: string, done?: boolean) => void} say
 * @returns {{again: (recording: import("./recordings.js").Recording) => void, file: (file?: File) => void,
 *   chosen: () => Promise<void>, named: (name: string, at: number) => Promise<void>}}
 *   again: opens what was read already; file: opens a file; chosen: opens the one chosen in the list;
 *   named: opens a shipped one at an operation
 */
export function chooser(parts, opened, say) {
  let current = null;
  let before = null;

  async function open(name, read, at) {
    current?.abort();
    const mine = (current = new AbortController());
    before = document.activeElement;
    parts.loading.hidden = false;
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
        parts.loading.hidden = true;
      }
    }
  }

  const openAFile = (file) => file && open(file.name, (signal) => openFile(file, signal));

  parts.cancel.addEventListener("click", () => {
    current?.abort();
    current = null;
    parts.loading.hidden = true;
    before.focus();
    say("Cancelled: no recording was opened.");
  });
  parts.file.addEventListener("change", () => {
    openAFile(parts.file.files[0]);
    // So that choosing the same file again is a change again.
    parts.file.value = "";
  });
  const openEntry = (entry, at) => open(entry.name, (signal) => openShipped(entry, signal), at);
  const shipped = listShipped(parts, openEntry);
  return {
    again: (recording) => open(recording.trace.name || "the recording", async () => recording),
    file: openAFile,
    chosen: async () => openEntry((await shipped)[parts.select.selectedIndex]),
    async named(name, at) {
      const entry = (await shipped).find((each) => each.name === name);
      if (!entry) throw new Error("this link leads nowhere: there is no such recording here.");
      await openEntry(entry, at);
    },
  };
}

async function listShipped({ form, select }, open) {
  let entries = [];
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const entry = entries[select.selectedIndex];
    if (entry) open(entry);
  });
  try {
    entries = await shippedRecordings();
  } catch {
    // A copy of the page without recordings still opens files.
  }
  if (entries.length === 0) form.hidden = true;
  select.replaceChildren(...entries.map((entry) => {
    const option = document.createElement("option");
    option.textContent = entry.title;
    return option;
  }));
  return entries;
}

/** Takes files dropped anywhere on the page. @param {(file: File) => void} open */
export function acceptDrops(open) {
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (on) => document.documentElement.classList.toggle("dropping", on);
  addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  addEventListener("drop", (event) => {
    mark(false);
    if (!carriesFile(event)) return;
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
}
