// How the page says numbers, extents and outcomes. Always: sentences are made from what the manager
// answered, and no number is worked out here beyond putting it into words.

/** A count with separators: 1,000,000. @param {number} n */
export const count = (n) => NUMBERS.format(n);

// Made once: that is what costs.
const NUMBERS = new Intl.NumberFormat("en-GB");

/** A sentence of the package's with separators in its numbers, but not in IDs, nor in what is quoted.
 *  @param {string} text */
export const grouped = (text) => text.replace(QUOTED_OR_NUMBER, (found, digits) => (digits ? count(Number(digits)) : found));

const QUOTED_OR_NUMBER = /"(?:[^"\\]|\\.)*"|`[^`]*`|“[^”]*”|(?<!block |ID )\b(\d{4,15})\b/g;

/** "1 unit", "3 units". @param {number} n @param {string} one @param {string} [many] */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** A speed of playing. @param {number} operations a second */
export const perSecond = (operations) => `${count(operations)} per second`;

/** A share as a percentage with one decimal. @param {number} share */
export const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** "a", "a and b", "a, b and c". @param {string[]} words @param {string} last the word before the last */
export const series = (words, last) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`);

/** One sentence after the other; those that are empty are left out. @param {...string} texts */
export const sentences = (...texts) => texts.filter(Boolean).join(" ");

/** Text in quotation marks, cut to a length that a line can bear. @param {string} text */
export function quote(text, limit = 60) {
  const characters = text.length > limit ? Array.from(text.slice(0, limit * 2)) : [];
  return `“${isolated(characters.length > limit ? `${characters.slice(0, limit).join("")}…` : text)}”`;
}

// Text may turn the direction of what comes after it: it is set apart, and what would end that early is left out.
const isolated = (text) => (PLAIN.test(text) ? text : `\u2068${text.replaceAll("\u2069", "")}\u2069`);

/** Text that runs from left to right wherever it stands. */
const PLAIN = /^[^\p{Bidi_Control}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]*$/u;

/** Numbers with commas between them, cut likewise. @param {string} text */
export const listed = (text, limit = 60) => (text.length > limit ? `${text.slice(0, limit)}…` : text);

/** The last unit of an extent, in block order. @param {{start: number, length: number, step: number}} e */
const lastUnit = (e) => e.start + (e.length - 1) * e.step;

/** "5 to 3", "5 and 4" or "7". @param {{start: number, length: number, step: number}} extent */
function span(extent) {
  if (extent.length === 1) return count(extent.start);
  return `${count(extent.start)} ${extent.length === 2 ? "and" : "to"} ${count(lastUnit(extent))}`;
}

/** The extents of a block in block order, the first few of them. */
export function spans(extents, limit = 4) {
  const first = extents.slice(0, limit).map(span).join(", ");
  return extents.length > limit ? `${first} and ${count(extents.length - limit)} more` : first;
}

/** "unit 7", "units 0 to 3, 9 and 8": the first few of them. @param {object[]} extents of a block, in block order */
export function places(extents, limit = 4) {
  return `${extents.length === 1 && extents[0].length === 1 ? "unit" : "units"} ${spans(extents, limit)}`;
}

/** "1st", "22nd", "1,013th". @param {number} n */
export const ordinal = (n) => `${count(n)}${ENDINGS[ORDINALS.select(n)]}`;

const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const ENDINGS = { one: "st", two: "nd", few: "rd", other: "th" };

/** What the page itself cannot take, as a sentence that needs no other before it. */
export class Complaint extends Error {}

/** Why something was refused: the error's own message, and its code for whoever looks it up; a browser's is a number,
 *  and nothing to look up. */
export const reasonOf = (error) => (typeof error.code === "string" ? `${grouped(error.message)} (${error.code})` : `${error.message ?? error}`);

/** The same as a sentence. */
export const refusal = (error) => (error instanceof Complaint ? error.message : `Refused: ${reasonOf(error)}`);

/** The same of a file, which comes first. @param {string} name */
export function refusalOf(name, error) {
  if (!(error instanceof Complaint)) return `${name} was refused: ${reasonOf(error)}`;
  return error.message.startsWith(name) ? error.message : `${name}: ${error.message}`;
}

/** The same for a hint, where nothing was asked for yet: without the code. */
export const hint = (error) => (error instanceof Complaint ? error.message : `Preview: ${grouped(error.message)}`);

/** Whether something was ended before it was done, by who no longer wanted it. */
export const wasAborted = (error) => error.name === "AbortError";

/** Refusals while a recording plays: "3 requests refused, 2 of them because of fragmentation"; "" for none. */
export function refusals({ refused, fragmented }) {
  if (refused === 0) return "";
  const all = `${plural(refused, "request")} refused`;
  if (fragmented === 0) return all;
  const share = fragmented < refused ? `${count(fragmented)} of them ` : refused === 1 ? "" : "all ";
  return `${all}, ${share}because of fragmentation`;
}

/** What the reader of a recording left out or added, as sentences with a space before each; "" for nothing.
 *  @param {{skipped: number, inferred: number}} trace */
export function remarks({ skipped, inferred }) {
  const out = skipped > 0
    ? ` ${plural(skipped, "free")} of unknown pointers ${skipped === 1 ? "was" : "were"} left out: the recording may have begun late.` : "";
  const added = inferred > 0
    ? ` ${plural(inferred, "free")} ${inferred === 1 ? "was" : "were"} added, for blocks that must have been freed unseen.` : "";
  return out + added;
}

/** What a defragmentation left where it was, why, and what helps; "" for nothing.
 *  @param {{pinned: number, tooLarge: number, blocked: number}} left */
export function leftOver({ pinned, tooLarge, blocked }) {
  const parts = [
    pinned && `${count(pinned)} pinned`,
    tooLarge && `${count(tooLarge)} too large for one step`,
    blocked && `${count(blocked)} with no free place to go`,
  ].filter(Boolean);
  return sentences(
    parts.length > 0 && `Blocks in the way that could not be moved: ${parts.join(", ")}.`,
    blocked > 0 && "Address order needs no free place.",
  );
}
