// Whole numbers that people type. Always: what the page shows as a number can be typed again, separators and
// all; anything else is refused in words that name its field and quote what was typed, before anybody else is asked,
// and marks the field. Whether the number will do is for the manager to say.
import { mark } from "./marking.js";
import { Complaint, count, quote } from "./words.js";

const PLAIN = /^-?\d+$/;
/** Groups of three, as in 1,000,000; the separators of the page, of other languages and of code. */
const GROUPED = /^\d{1,3}(?:[,_\s]\d{3})+$/;

/** @param {string} text @returns {number} NaN for anything but a whole number */
export function wholeNumber(text) {
  const typed = text.trim();
  return PLAIN.test(typed) || GROUPED.test(typed) ? Number(typed.replace(/[,_\s]/g, "")) : NaN;
}

/** What a field with a label holds. @param {HTMLInputElement} field @param {number} example one that may do
 *  @returns {number} @throws Complaint where it is not a whole number */
export function numberIn(field, example) {
  const number = wholeNumber(field.value);
  mark(field, Number.isSafeInteger(number));
  if (Number.isSafeInteger(number)) return number;
  if (Number.isNaN(number)) throw unlike(field, `must be a whole number such as ${example}`);
  throw new Complaint(`${nameOf(field)} is too large: ${typedIn(field)}.`);
}

/** The same where it is known which numbers will do. @param {HTMLInputElement} field @param {number} most
 *  @returns {number} from 1 on @throws Complaint where it is anything else */
export function numberUpTo(field, most) {
  const number = wholeNumber(field.value);
  const will = number >= 1 && number <= most;
  mark(field, will);
  if (will) return number;
  throw unlike(field, `must be a whole number from 1 to ${count(most)}`);
}

const unlike = (field, rule) => new Complaint(`${nameOf(field)} ${rule}${field.value.trim() && `, not ${typedIn(field)}`}.`);
const nameOf = (field) => field.labels[0].textContent;
const typedIn = (field) => quote(field.value.trim(), 30);
