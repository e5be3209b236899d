// How many questions of a quiz were answered rightly. Always: nothing is shown until one was answered.
import { count } from "./words.js";

/** @param {HTMLElement} element @returns {(hit: boolean) => void} counts an answer */
export function score(element) {
  let [asked, right] = [0, 0];
  return (hit) => {
    asked++;
    if (hit) right++;
    element.textContent = `${count(right)} of ${count(asked)} right`;
  };
}
