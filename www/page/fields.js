// Fields of a link as they are read. Always: what this page does not know is refused in words, before
// anything is made of it.
import { Complaint, quote } from "./words.js";

/** @param {string} text @returns {number} */
export function whole(text) {
  if (text === "") throw wrong("a number is missing");
  if (!/^\d+$/.test(text)) throw wrong(`it has ${quote(text, 30)} where a number should be`);
  if (text.length > 10) throw wrong(`the number ${quote(text, 30)} is larger than any that it can hold`);
  return Number(text);
}

/** @param {string} text @param {string[]} names */
export function oneOf(text, names) {
  if (!names.includes(text)) throw wrong("it has a word that this page does not know");
  return text;
}

/** What is left of the words, of which the last may say that the manager defragments by itself. @param {string[]} words */
export const isAuto = (words) => oneOf(words.join("."), ["", "auto"]) === "auto";

/** @param {string} what is the matter with the link */
export const wrong = (what) => new Complaint(`This link is damaged: ${what}.`);
