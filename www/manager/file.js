// A state as a file of the reader's, and back. Always: what is opened is checked by the manager; a file that
// is none of its is refused, and nothing changes.
import { download } from "../page/download.js";
import { count, plural, refusal } from "../page/words.js";

/** More units than that the page does not draw, and no state of it takes more bytes. */
const LARGEST_FILE = 64 * 1024 * 1024;

/**
 * @param {{save: HTMLButtonElement, file: HTMLInputElement}} parts
 * @param {import("./session.js").Session} session @param {(text: string, done?: boolean) => void} say
 */
export function stateFile({ save, file }, session, say) {
  save.addEventListener("click", () => {
    const bytes = session.manager.save();
    download("manager.twingate", new Blob([bytes]));
    say(`Saved the state: ${plural(bytes.length, "byte")}.`);
  });
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    try {
      if (chosen.size > LARGEST_FILE) throw new Error(`${chosen.name} is larger than any state of this page: ${count(LARGEST_FILE)} bytes.`);
      session.open(new Uint8Array(await chosen.arrayBuffer()), chosen.name);
      const { capacity, placement, blockCount } = session.manager;
      say(`Opened ${chosen.name}: ${plural(blockCount, "block")} in ${plural(capacity, "unit")} under ${placement}.`);
    } catch (error) {
      say(refusal(error), false);
    }
    // So that choosing the same file again is a change again.
    file.value = "";
  });
}
