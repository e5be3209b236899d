// How the page says numbers, extents and outcomes. Always: sentences are made from what the manager
// answered, and no number is worked out here beyond putting it into words.

/** A count with separators: 1,000,000. @param {number} n */
export const count = (n) => n.toLocaleString("en-GB");

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

/** The sentence of a refusal: the error's own message, and its code for whoever looks it up. */
export function refusal(error) {
  return error.code ? `Refused: ${error.message} (${error.code})` : `Refused: ${error.message ?? error}`;
}
