// What is done at the bench, as text that an address may hold, and back. Always: blocks are named by their
// number in order of allocation, since IDs are the manager's to choose.
import { oneOf, whole, wrong } from "./fields.js";
import { isText, showValues, parseValues } from "./values.js";
import { ORDERS } from "../manager/orders.js";

const LETTERS = { alloc: "a", free: "f", write: "w", resize: "r", pin: "p", unpin: "u", defragment: "d", clear: "c" };
const ACTIONS = Object.fromEntries(Object.entries(LETTERS).map(([name, letter]) => [letter, name]));

/** @param {{action: object, id?: number}[]} since @param {string} unit @returns {string} */
export function writeSteps(since, unit) {
  const numbers = new Map();
  return since.map(({ action, id }) => {
    if (action.do === "alloc") numbers.set(id, numbers.size);
    return stepOf(action, numbers.get(action.id), unit);
  }).join(",");
}

function stepOf(action, block, unit) {
  const letter = LETTERS[action.do];
  switch (action.do) {
    case "alloc": return `${letter}${action.size}${action.align === undefined ? "" : `@${action.align}`}`;
    case "write": return `${letter}${block}:${encode(action.data, unit)}`;
    case "resize": return `${letter}${block}:${action.size}`;
    case "defragment": return [`${letter}${action.order ?? ""}`, action.maxMoves, action.steps].filter((one) => one !== undefined).join(":");
    case "clear": return letter;
    default: return `${letter}${block}`;
  }
}

/** @param {string} text @param {string} unit @returns {{action: object, block?: number}[]} block: which one by
 *  number @throws where this page does not know it, or it is about a block that was not allocated before */
export function readSteps(text, unit) {
  let blocks = 0;
  return text === "" ? [] : text.split(",").map((written) => {
    const step = readStep(written, unit);
    if (step.block >= blocks) throw wrong("one of its operations is about a block that it has not allocated");
    if (step.action.do === "alloc") blocks++;
    return step;
  });
}

function readStep(step, unit) {
  const name = ACTIONS[step[0]];
  const [first, second] = split(step.slice(1), name === "alloc" ? "@" : ":");
  switch (name) {
    case "alloc": return { action: { do: name, size: whole(first), ...(second !== undefined && { align: whole(second) }) } };
    case "write": return { action: { do: name, data: decode(second ?? "", unit) }, block: whole(first) };
    case "resize": return { action: { do: name, size: whole(second ?? "") }, block: whole(first) };
    case "defragment": return { action: { do: name, ...orderIn(first), ...stepsIn(second) } };
    case "clear": return { action: { do: name } };
    case undefined: throw wrong("it has an operation that this page does not know");
    default: return { action: { do: name }, block: whole(first) };
  }
}

function stepsIn(text) {
  if (text === undefined) return {};
  const [moves, times] = split(text, ":");
  const maxMoves = whole(moves);
  if (times === undefined) return { maxMoves };
  const steps = whole(times);
  if (maxMoves === 0 || steps === 0) throw wrong("it has steps that would never end, or none");
  return { maxMoves, steps };
}

const orderIn = (order) => (order === "" ? {} : { order: oneOf(order, ORDERS.map((each) => each.name)) });

function split(text, by) {
  const at = text.indexOf(by);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

// Numbers with semicolons; text as addresses have it, or, where a lone surrogate forbids that, by its
// UTF-16 code units.
function encode(data, unit) {
  if (!isText(unit)) return showValues(data).replaceAll(", ", ";");
  try {
    return encodeURIComponent(data);
  } catch {
    return `=${Array.from({ length: data.length }, (_, at) => data.charCodeAt(at).toString(16)).join(".")}`;
  }
}

function decode(text, unit) {
  if (!isText(unit)) return parseValues(unit, text);
  if (text.startsWith("=")) return text.slice(1).split(".").map(codeUnit).join("");
  try {
    return decodeURIComponent(text);
  } catch {
    throw unreadable();
  }
}

function codeUnit(written) {
  if (!/^[\da-f]{1,4}$/i.test(written)) throw unreadable();
  return String.fromCharCode(parseInt(written, 16));
}

const unreadable = () => wrong("one of its texts cannot be read");
