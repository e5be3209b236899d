// Which file of the reader's the laboratory had open, for when the page is loaded anew: the file itself cannot be kept.
// Always: it is known for as long as the tab is open; where the browser keeps nothing, only that is lost.
const KEY = "twingate-memory laboratory file";

/** Keeps the name of what is open now. @param {string | null} name null for what is no file of the reader's */
export function keepName(name) {
  try {
    if (name === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, name);
  } catch {
    // Storage may be forbidden or full.
  }
}

/** @returns {string | null} the name that was kept */
export function recallName() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}
