// Operations done again on another manager, which gives its blocks IDs of its own. Always: they are done in their
// order; a block is known by what it was called before, its ID or its number; one that was refused has a name that
// is no ID, so that what was asked of it is not forgotten.
import { apply } from "./actions.js";
import { orDispose } from "./making.js";
import { plural } from "../page/words.js";

/** Carries an action out. @returns {import("./history.js").Entry} */
function enter(manager, action) {
  const result = apply(manager, action);
  if (action.do === "alloc") return { action, id: result };
  return action.do === "defragment" ? { action, midway: !result.done } : { action };
}

/** What was asked and not done. @returns {import("./history.js").Asked} */
export const undone = (action) => ({ action, undone: true, ...(action.do === "alloc" && { id: Symbol("refused") }) });

/** Does all of them. @param {{action: object, block?: number}[]} steps block: which one by number
 *  @returns {import("./history.js").Entry[]} @throws where one is refused; the manager is disposed of then */
export function replayAll(manager, steps) {
  const ids = [];
  return orDispose(manager, () => steps.map(({ action, block }) => {
    const entry = enter(manager, block === undefined ? action : { ...action, id: ids[block] });
    if (action.do === "alloc") ids.push(entry.id);
    return entry;
  }));
}

/** Does those that can be done. @param {import("./history.js").Asked[]} asked
 *  @returns {import("./history.js").Asked[]} what came of each */
export function replay(manager, asked) {
  const ids = new Map();
  return asked.map(({ action, id }) => {
    const outcome = attempt(manager, "id" in action ? { ...action, id: ids.get(action.id) } : action);
    if (action.do === "alloc") ids.set(id, outcome.id);
    return outcome;
  });
}

function attempt(manager, action) {
  if (typeof action.id === "symbol") return undone(action);
  try {
    return enter(manager, action);
  } catch (error) {
    if (!error.code) throw error;
    return undone(action);
  }
}

/** What came out otherwise, in a sentence. @param {import("./history.js").Asked[]} before
 *  @param {import("./history.js").Asked[]} now the same operations */
export function difference(before, now) {
  const counted = (test) => now.filter((one, at) => test(one, before[at])).length;
  const refused = counted((one, then) => one.undone && !then.undone && takesUnits(one));
  const served = counted((one, then) => !one.undone && then.undone && takesUnits(one));
  const left = counted((one, then) => one.undone && !then.undone && !takesUnits(one));
  const parts = [
    refused && `${plural(refused, "request was", "requests were")} refused that succeeded before`,
    served && `${plural(served, "request")} succeeded that ${served === 1 ? "was" : "were"} refused before`,
    left && `${plural(left, "operation was", "operations were")} left out because of that`,
  ].filter(Boolean);
  if (parts.length > 0) return parts.join("; ");
  return now.some((one) => one.undone) ? "each succeeded or was refused, as before" : "all succeeded, as before";
}

const takesUnits = ({ action }) => action.do === "alloc" || action.do === "resize";
