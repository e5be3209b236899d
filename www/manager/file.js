// A state as a file of the reader's, and back. Always: what is opened is checked by the manager; a file that
// the manager did not save is refused, and nothing changes; a later one ends the reading of the one before.
import { download } from "../page/download.js";
import { Complaint, count, plural, refusalOf } from "../page/words.js";

/** More units than that the page does not draw, and no state of it takes more bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;
const HEAD = "TwgM";

/**
 * @param {{save: HTMLButtonElement, file: HTMLInputElement}} parts
 * @param {import("./session.js").Session} session @param {(text: string, done?: boolean) => void} say
 * @returns {{open: (file: File) => Promise<void>}}
 */
export function stateFile({ save, file }, session, say) {
  let reading = new AbortController();

  async function open(chosen) {
    reading.abort();
    const { signal } = (reading = new AbortController());
    try {
      if (chosen.size > LARGEST_FILE) throw new Complaint(`${chosen.name} is larger than ${count(LARGEST_FILE)} bytes, the most that a state of this page takes.`);
      const bytes = new Uint8Array(await chosen.arrayBuffer());
      signal.throwIfAborted();
      session.open(bytes, chosen.name);
      const { capacity, placement, blockCount } = session.manager;
      say(`Opened ${chosen.name}: ${plural(blockCount, "block")} in ${plural(capacity, "unit")} under ${placement}.`);
    } catch (error) {
      if (!signal.aborted) say(refusalOf(chosen.name, error), false);
    }
  }

  save.addEventListener("click", () => {
    const bytes = session.manager.save();
    download("manager.twingate", new Blob([bytes]));
    say(`Saved the state: ${plural(bytes.length, "byte")}.`);
  });
  file.addEventListener("change", async () => {
    if (file.files[0]) await open(file.files[0]);
    // So that choosing the same file again is a change again.
    file.value = "";
  });
  return { open };
}

/** Whether a file begins as every saved state does. One that cannot be read, such as a folder, does not.
 *  @param {Blob} file */
export async function isState(file) {
  const head = await file.slice(0, HEAD.length).text().catch(() => "");
  return head === HEAD;
}
