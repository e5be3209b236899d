// What an action does to the session's manager, and the sentence about it. Always: it is made of what the manager
// answered before and after; an action that is refused throws, and one that was done does not: where there is no memory
// for what came of it, that is said.
import { apply, lineOf } from "./actions.js";
import { movedBetween } from "./moves.js";
import { ORDERS, outlook, whyMoreExtents } from "./orders.js";
import { isText, showValues } from "../page/values.js";
import { Complaint, count, grouped, leftOver, listed, places, plural, quote, reasonOf, sentences } from "../page/words.js";

/** @typedef {{done: boolean, text: string, value?: unknown, moved?: object[], touched?: object[]}} Outcome
 *  moved, touched: extents */

/** Carries an action out, all but "renew" and "replay", which make a manager. @param {import("./session.js").Session} session
 *  @param {import("./actions.js").Action} action @returns {Omit<Outcome, "done">} @throws where it is refused */
export function carryOut(session, action) {
  let result = null;
  const act = () => (result = { value: apply(session.manager, action) }).value;
  try {
    return outcomeOf(session, action, act);
  } catch (error) {
    if (!result) throw error;
    return { text: `Done: ${lineOf(action)}. What came of it cannot be told: ${reasonOf(error)}`, ...result };
  }
}

// act: carries it out.
function outcomeOf(session, action, act) {
  switch (action.do) {
    case "alloc": return alloc(session, action, act);
    case "free": return free(session, action, act);
    case "write": return write(session, action, act);
    case "read": return read(session, action, act);
    case "resize": return resize(session, action, act);
    case "pin": return tell(act, `Pinned block ${action.id}: defragmenting will not move it.`);
    case "unpin": return tell(act, `Unpinned block ${action.id}: it may move again.`);
    case "defragment": return defragment(session, action, act);
    case "clear": return clear(session, act);
  }
}

/** The sentence about a new manager. */
export function sayRenewed({ capacity, placement, unit = "char", autoDefragment }) {
  const kind = isText(unit) ? "" : ` of ${unit}`;
  const extra = autoDefragment ? " It defragments when an allocation does not fit." : "";
  return `New manager: ${plural(capacity, "unit")}${kind} under ${placement}, all free.${extra}`;
}

/** The sentence about operations that were replayed.
 *  @param {{placement: string, capacity: number, autoDefragment?: boolean}} renewed
 *  @param {string} difference what came out otherwise @param {number} operations
 *  @param {object[]} stats before and after */
export function sayReplayed({ placement, capacity, autoDefragment }, difference, operations, [before, after]) {
  const room = capacity === before.capacity ? "" : ` on ${plural(capacity, "unit")}`;
  const under = `${placement}${autoDefragment ? ", defragmenting" : ""}${room}`;
  const compare = comparing(before, after);
  return `${plural(operations, "operation")} replayed under ${under}: ${difference}. `
    + `${compare("Free extents", freeExtents)}; ${compare("largest free extent", largestFreeExtent)}.`;
}

function tell(act, text) {
  act();
  return { text };
}

function alloc(session, action, act) {
  const { manager, state: { snapshot, stats } } = session;
  // Asked for first: afterwards it would be about the next block.
  const explanation = session.explain(action);
  const id = allocate(act, explanation);
  const units = manager.stats().unitsMoved - stats.unitsMoved;
  if (units === 0) {
    return { text: `Allocated block ${id}. Why here: ${grouped(explanation.reason)}`, value: id, touched: session.extentsOf(id) };
  }
  return {
    text: `Allocated block ${id} at ${places(manager.extents(id))}. No free extent could hold it, so ${plural(units, "unit")} ${units === 1 ? "was" : "were"} moved first.`,
    value: id,
    moved: moves(manager, snapshot),
  };
}

// The explanation says in words of the page what would help where enough units are free: the error's message names
// methods of the package.
function allocate(act, { fits, reason }) {
  try {
    return act();
  } catch (error) {
    if (fits || error.code !== "ERR_FRAGMENTED") throw error;
    throw new Complaint(`Refused: ${grouped(reason)} (${error.code})`, { cause: error });
  }
}

function free(session, action, act) {
  const { manager } = session;
  const before = manager.freeUnits;
  const touched = session.extentsOf(action.id);
  act();
  const units = manager.freeUnits - before;
  return { text: `Freed block ${action.id}: ${plural(units, "unit")} ${units === 1 ? "is" : "are"} free again.`, touched };
}

function write({ manager }, action, act) {
  const { id, data } = action;
  act();
  return { text: data.length === 0 ? `Emptied block ${id}.` : `Wrote ${say(manager, data)} to block ${id}.` };
}

function read({ manager }, action, act) {
  const value = act();
  const text = value.length === 0 ? `Block ${action.id} is empty.` : `Block ${action.id} reads ${say(manager, value)}.`;
  return { text, value };
}

function resize(session, action, act) {
  const { manager, state: { snapshot } } = session;
  const { id, size } = action;
  const [old, [{ start }]] = [manager.size(id), manager.extents(id)];
  act();
  if (size === old) return { text: `Block ${id} already has ${plural(size, "unit")}.` };
  const moved = moves(manager, snapshot);
  const resized = `Resized block ${id} from ${count(old)} to ${plural(size, "unit")}`;
  const extents = session.extentsOf(id);
  if (moved.length === 0) return { text: `${resized} in place. It now has ${places(extents)}.`, touched: extents };
  const how = extents[0].start === start ? "room was made above it, and it now has" : "it moved to";
  return { text: `${resized}. It had no room to grow, so ${how} ${places(extents)}.`, moved };
}

function defragment({ manager, state: { snapshot, stats: before } }, action, act) {
  const report = act();
  const left = leftOver(report.left);
  if (report.unitsMoved === 0) return { text: sentences(`Defragmented: nothing ${left ? "moved" : "had to move"}.`, left) };
  const after = manager.stats();
  const amount = `${plural(report.unitsMoved, "unit")} moved in ${plural(report.moves, "move")}`;
  const more = after.freeExtents > before.freeExtents ? whyMoreExtents(snapshot.placement) : "";
  const { past } = outlook(snapshot, action.order ?? ORDERS[0].name);
  const compare = comparing(before, after);
  const facts = [
    compare("extents per block", extentsPerBlock),
    compare("free extents", freeExtents),
    compare("largest free extent", largestFreeExtent),
  ];
  const text = sentences(`Defragmented: ${amount}; ${facts.join("; ")}.`, more, past, left);
  return { text, moved: moves(manager, snapshot) };
}

function clear({ manager }, act) {
  const blocks = manager.blockCount;
  act();
  return { text: blocks === 0 ? "Cleared: there were no blocks." : `Cleared: ${plural(blocks, "block")} freed.` };
}

const moves = (manager, before) => movedBetween(before, manager.snapshot({ contents: false }));

const say = ({ unit }, data) => (isText(unit) ? quote(data) : listed(showValues(data.slice(0, 100))));

const comparing = (before, after) => (name, read) => `${name} ${read(before)} before, ${read(after)} now`;
const extentsPerBlock = (stats) => stats.extentsPerBlock.toFixed(2);
const freeExtents = (stats) => count(stats.freeExtents);
const largestFreeExtent = (stats) => count(stats.largestFreeExtent);
