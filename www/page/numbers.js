// Whole numbers that people type. Always: what the page shows as a number can be typed again, separators and
// all; what is no whole number is refused in words that name its field, before anybody else is asked. Whether
// the number will do is for the manager to say.

const PLAIN = /^-?\d+$/;
/** Groups of three, as in 1,000,000; the separators of the page, of other languages and of code. */
const GROUPED = /^\d{1,3}(?:[,_\s]\d{3})+$/;

/** @param {string} text @returns {number} NaN for what is no whole number */
export function wholeNumber(text) {
  const typed = text.trim();
  return PLAIN.test(typed) || GROUPED.test(typed) ? Number(typed.replace(/[,_\s]/g, "")) : NaN;
}

/** What a field with a label holds. @param {HTMLInputElement} field @param {number} example one that may do
 *  @returns {number} @throws RangeError where it is no whole number */
export function numberIn(field, example) {
  const number = wholeNumber(field.value);
  if (!Number.isNaN(number)) return number;
  const typed = field.value.trim();
  throw new RangeError(`${field.labels[0].textContent}: write a whole number such as ${example}${typed && `, not “${typed}”`}.`);
}
