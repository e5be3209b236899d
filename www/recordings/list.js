// The list of shipped recordings, which may also name what is open: one of them, or a file of the reader's above those.
// Always: a list without a button opens what is chosen in it; one that did not load can be asked for again.
import { shippedRecordings } from "./recordings.js";
import { wrong } from "../page/fields.js";

/**
 * @param {{form: HTMLElement, select: HTMLSelectElement, again: HTMLButtonElement}} parts form: around the list; one
 *   that is not a form has no button; again: instead of the list, where that did not load
 * @param {(entry: import("./recordings.js").Entry) => Promise<void>} open
 * @param {(text: string, done?: boolean) => void} say
 */
export function recordingList({ form, select, again }, open, say) {
  const naming = namingIn(select);
  const hasButton = form.matches("form");
  let shipped = load();

  async function load() {
    const entries = await shippedRecordings().catch(() => []);
    form.hidden = entries.length === 0;
    again.hidden = !form.hidden;
    select.replaceChildren(...entries.map(({ title, name }) => new Option(title, name)));
    return entries;
  }

  async function openChosen() {
    const entry = (await shipped).find(({ name }) => name === select.value);
    if (entry) await open(entry);
  }

  async function loadAgain() {
    // The button is not disabled meanwhile: it would lose the focus, and what is asked for twice comes once.
    shipped = load();
    const entries = await shipped;
    if (entries.length === 0) return say("The list of recordings did not load. Opening a file works all the same.", false);
    select.focus();
    if (!hasButton && !naming.isOn) openChosen();
  }

  form.addEventListener(hasButton ? "submit" : "change", (event) => {
    event.preventDefault();
    openChosen();
  });
  again.addEventListener("click", loadAgain);

  return {
    /** When it is there, or known not to be. */
    get loaded() { return shipped; },
    /** Opens the one that is chosen. */
    openChosen,
    /** @param {string} name @returns {Promise<import("./recordings.js").Entry>} @throws where there is none */
    async find(name) {
      const entry = (await shipped).find((each) => each.name === name);
      if (!entry) throw wrong("there is no such recording");
      return entry;
    },
    /** Names what is open. @param {import("./recordings.js").Recording} recording */
    async show(recording) {
      await shipped;
      naming.show(recording);
    },
    /** Names what is open again, after something else was chosen that did not open. */
    restore: naming.restore,
  };
}

function namingIn(select) {
  const own = new Option("", "");
  let shown = null;
  return {
    get isOn() { return shown !== null; },
    show({ entry, trace }) {
      own.textContent = trace.name || "a file of your own";
      if (entry) own.remove();
      else select.prepend(own);
      shown = entry?.name ?? "";
      select.value = shown;
    },
    restore() {
      if (shown !== null) select.value = shown;
    },
  };
}
