// Fields of a link as they are read. Always: what is none of this page's is refused in words, before
// anything is made of it.

/** @param {string} text @returns {number} */
export function whole(text) {
  if (!/^\d{1,10}$/.test(text)) throw wrong("it has something else where a number should be");
  return Number(text);
}

/** @param {string} text @param {string[]} names */
export function oneOf(text, names) {
  if (!names.includes(text)) throw wrong("it has a word that this page does not know");
  return text;
}

/** @param {string} what is the matter with the link */
export const wrong = (what) => new Error(`this link leads nowhere: ${what}.`);
