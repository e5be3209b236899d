// The choice of a speed. Always: what is proposed for a recording is the slowest speed that plays it in little time, or
// the fastest there is.
import { perSecond } from "./words.js";

const SECONDS_TO_PLAY = 15;

/**
 * @param {HTMLSelectElement} select @param {number[]} speeds in operations a second, ascending; Infinity: unlimited
 * @returns {{now: () => number, propose: (operations: number) => void}} now: the speed that is chosen
 */
export function speedChoice(select, speeds) {
  select.replaceChildren(...speeds.map((speed) => new Option(speed === Infinity ? "unlimited" : perSecond(speed), speed)));
  return {
    now: () => Number(select.value),
    propose(operations) {
      select.value = speeds.find((speed) => operations / speed <= SECONDS_TO_PLAY) ?? speeds.at(-1);
    },
  };
}
