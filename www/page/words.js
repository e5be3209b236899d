// How the page says numbers, extents and outcomes. Always: sentences are made from what the manager
// answered, and no number is worked out here beyond putting it into words.

/** A count with separators: 1,000,000. @param {number} n */
export const count = (n) => NUMBERS.format(n);

// Made once: that is what costs.
const NUMBERS = new Intl.NumberFormat("en-GB");

/** A sentence of the manager's with separators in its numbers, but for IDs. @param {string} text */
export const grouped = (text) => text.replace(/(?<!block |ID )\b\d{4,15}\b/g, (digits) => count(Number(digits)));

/** "1 unit", "3 units". @param {number} n @param {string} one @param {string} [many] */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** A share as a percentage with one decimal. @param {number} share */
export const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** Text in quotation marks, cut to a length that a line can bear. @param {string} text */
export function quote(text, limit = 60) {
  const characters = text.length > limit ? Array.from(text.slice(0, limit * 2)) : [];
  return characters.length > limit
    ? `“${characters.slice(0, limit).join("")}…”`
    : `“${text}”`;
}

/** Numbers with commas between them, cut likewise. @param {string} text */
export const listed = (text, limit = 60) => (text.length > limit ? `${text.slice(0, limit)}…` : text);

/** The last unit of an extent, in block order. @param {{start: number, length: number, step: number}} e */
export const lastUnit = (e) => e.start + (e.length - 1) * e.step;

/** "5 to 3" or "7". @param {{start: number, length: number, step: number}} extent */
export function span(extent) {
  return extent.length === 1
    ? count(extent.start)
    : `${count(extent.start)} to ${count(lastUnit(extent))}`;
}

/** The extents of a block in block order, the first few of them. */
export function spans(extents, limit = 4) {
  const first = extents.slice(0, limit).map(span).join(", ");
  return extents.length > limit ? `${first} and ${count(extents.length - limit)} more` : first;
}

/** Why something was refused: the error's own message, and its code for whoever looks it up. */
export const refusalOf = (error) => (error.code ? `${grouped(error.message)} (${error.code})` : `${error.message ?? error}`);

/** The same as a sentence. */
export const refusal = (error) => `Refused: ${refusalOf(error)}`;

/** Refusals while a recording plays: "3 refused, 2 of them by fragmentation"; "" for none. */
export function refusals({ refused, fragmented }) {
  if (fragmented === 0) return refused === 0 ? "" : `${count(refused)} refused`;
  return `${count(refused)} refused, ${fragmented === refused ? "all" : `${count(fragmented)} of them`} by fragmentation`;
}

/** What a defragmentation left where it was, and why; "" for nothing.
 *  @param {{pinned: number, tooLarge: number, blocked: number}} left */
export function leftOver({ pinned, tooLarge, blocked }) {
  const parts = [
    pinned && `${count(pinned)} pinned`,
    tooLarge && `${count(tooLarge)} too large for a step`,
    blocked && `${count(blocked)} without a free place to go to`,
  ].filter(Boolean);
  return parts.length ? `In the way and left: ${parts.join(", ")}.` : "";
}
