// Choosing a recording: from the list, or as a file. Always: whichever way it was chosen, it is opened the same way.
import { RecordingList } from "./list.js";
import { Opening } from "./opening.js";
import { openFile, openShipped } from "./recordings.js";

/**
 * @param {{file: HTMLInputElement}} parts besides those of the list and of the opening
 * @param {(recording: import("./recordings.js").Recording, signal: AbortSignal, at?: unknown,
 *   progressed?: (share: number) => void) => Promise<void>} opened at: the place of it that was asked for; progressed:
 *   how far it is, from 0 to 1
 * @param {(text: string, done?: boolean) => void} say
 */
export function chooser(parts, opened, say) {
  const list = new RecordingList(parts, (entry) => current.open(entry.name, reading(entry)), say);
  const current = new Opening(parts, { opened, rested: () => list.restore() }, say);

  const reading = (entry) => (...how) => openShipped(entry, ...how);
  const openOwn = (file) => file && current.open(file.name, (...how) => openFile(file, ...how));

  parts.file.addEventListener("change", () => {
    openOwn(parts.file.files[0]);
    // So that choosing the same file again is a change again.
    parts.file.value = "";
  });

  return {
    /** Opens what was read already. @param {import("./recordings.js").Recording} recording */
    again: (recording) => current.open(recording.trace.name || "the recording", async () => recording),
    /** Opens a file. @param {File} [file] */
    file: openOwn,
    /** Opens the one chosen in the list, unless something is being opened. */
    async chosen() {
      await list.loaded;
      if (!current.busy) await list.openChosen();
    },
    /** Finds a shipped one. @param {string} name @returns {Promise<(at: unknown) => Promise<void>>} opens it at a place of it,
     *  and throws where it does not open @throws where there is none */
    async find(name) {
      const entry = await list.find(name);
      return (at) => current.reach(entry.name, reading(entry), at);
    },
    /** Names in the list what is open. @param {import("./recordings.js").Recording} recording */
    show: (recording) => list.show(recording),
  };
}

/** Its elements, whose IDs begin so. @param {"" | "lab-"} prefix */
export function chooserParts(prefix) {
  const $ = (id) => document.getElementById(id);
  return {
    form: $(`${prefix}recording-form`), select: $(`${prefix}recording`), file: $(`${prefix || "recording-"}file`),
    again: $(`${prefix}list-again`),
    loading: $(`${prefix}loading`), text: $(`${prefix}loading-text`), cancel: $(`${prefix}cancel-loading`),
  };
}
