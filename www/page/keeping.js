// What stands at the bench, kept for when the page is loaded anew. Always: it is what a link would tell, however long,
// or else the manager's own saved form; it is kept by the address at which it stood, for as long as the tab is open;
// where the browser keeps nothing, or nothing so large, only that is lost.
import { base64, bytesOf } from "./base64.js";
import { hashOfPlace, readText, textOfState } from "./link.js";
import { storage } from "./storage.js";

const kept = storage("sessionStorage", "bench");
/** What was kept in another form is not read. */
const VERSION = 1;
/** In characters, of which browsers keep some five million. */
const LARGEST = 2 ** 20;

/** @typedef {{text: string} | {bytes: string}} Work text: as of a link; bytes: in base 64 */

/** What stands at the bench now. @returns {Work | null} null for what is too large
 *  @param {{session: import("../manager/session.js").Session, stepper: object, player: object}} page */
export function workOf(page) {
  const { session } = page;
  const { history, byHand } = session;
  const text = hashOfPlace(page) ?? (byHand && history.current.origin.action ? textOfState(history.current) : null);
  return text !== null && text.length <= LARGEST ? { text } : savedForm(session);
}

/** Where work leads. @param {Work} work
 *  @returns {Promise<import("./link.js").Target | {kind: "saved", bytes: Uint8Array}>} @throws where it is damaged */
export async function targetOf({ text, bytes }) {
  if (text !== undefined) return readText(text);
  return { kind: "saved", bytes: bytesOf(bytes) };
}

/** Keeps work, in the place of what was kept before.
 *  @param {Map<string, Work>} works by address @param {string} bench the address of what stands there now */
export function keep(works, bench) {
  if (!inFrame()) kept.keep(JSON.stringify({ version: VERSION, bench, works: [...works] }));
}

/** What was kept. @returns {{works: Map<string, Work>, bench: string | null}} as it was given; null for nothing */
export function recall() {
  const nothing = { works: new Map(), bench: null };
  if (inFrame()) return nothing;
  try {
    const { version, works, bench } = JSON.parse(kept.recall());
    return version === VERSION ? { works: new Map(works), bench } : nothing;
  } catch {
    // Nothing was kept, or it is not of this page.
    return nothing;
  }
}

// All frames of a tab would share it.
const inFrame = () => window !== window.top;

function savedForm({ manager }) {
  const saved = manager.save();
  // In base 64 three bytes take four characters.
  if (saved.length > (LARGEST / 4) * 3) return null;
  return { bytes: base64(saved) };
}
