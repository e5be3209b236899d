// What people type into a block, and what they see of it. Always: text stands for a block of characters,
// and numbers with commas or spaces between them for any other; what is shown can be typed again.
import { Complaint, quote } from "./words.js";

/** The kinds of unit, the default first. */
export const UNITS = ["char", "u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"];

/** The most characters of a number that can be read in a cell, its sign aside. */
const LEGIBLE = 5;

/** Whether a unit holds text. */
export const isText = (unit) => unit === "char";
const isBig = (unit) => unit === "u64" || unit === "i64";

/** What is written for the text typed; which values fit is the manager's to say. @param {string} unit
 *  @param {string} text @returns {string | number[] | bigint[]} @throws Complaint where it is not a number */
export function parseValues(unit, text) {
  if (isText(unit)) return text;
  const words = text.split(/[\s,;]+/).filter(Boolean);
  return words.map(isBig(unit) ? toBigInt : toNumber);
}

/** What a block holds, as it is typed. @param {string | ArrayLike<number> | ArrayLike<bigint>} values */
export function showValues(values) {
  return typeof values === "string" ? values : Array.from(values, showValue).join(", ");
}

/** One unit's value. @param {string | number | bigint} value */
export function showValue(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** What stands in a cell of the picture: of long numbers what has room. */
export function shortValue(value) {
  const text = showValue(value);
  if (typeof value === "string" || text.length <= LEGIBLE + text.startsWith("-") || !Number.isFinite(Number(value))) return text;
  if (!text.includes("e") && text.includes(".")) return String(Number(value.toPrecision(3)));
  return shortPower(Number(value));
}

/** Never the first digits alone: they would be another number. */
function shortPower(value) {
  const texts = [3, 2, 1].map((digits) => Number(value.toPrecision(digits)).toExponential().replace("e+", "e"));
  return texts.find((text) => text.length <= LEGIBLE + text.startsWith("-")) ?? "…";
}

function toNumber(word) {
  const value = Number(word);
  if (Number.isNaN(value) && word !== "NaN") throw noNumber(word, "a number");
  return value;
}

function toBigInt(word) {
  try {
    return BigInt(word);
  } catch {
    throw noNumber(word, "a whole number");
  }
}

const noNumber = (word, wanted) => new Complaint(`${quote(word, 30)} is not ${wanted}. Separate numbers with commas or spaces.`);
