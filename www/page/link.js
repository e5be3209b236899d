// A state as the part of an address after "#", and back. Always: at most 2,048 characters; what cannot be
// told within them exactly is refused; and what is read is checked before anything is made of it. Blocks
// are named by their number in order of allocation, since IDs are the manager's to choose.
import { isText, showValues, parseValues, UNITS } from "./values.js";
import { count } from "./words.js";
import { ORDERS } from "../manager/orders.js";
import { PLACEMENTS } from "../manager/placements.js";

/** The longest hash, "#" included. */
export const LONGEST = 2048;
/** The most operations in one. */
export const MOST_OPERATIONS = 200;

/** How many pictures the laboratory has side by side. */
const PICTURES = 4;

/** Where each view is, if nothing is said of what it shows. */
export const VIEWS = { bench: "", laboratory: "#laboratory", workers: "#workers" };

const LETTERS = { alloc: "a", free: "f", write: "w", resize: "r", pin: "p", unpin: "u", defragment: "d", clear: "c" };
const ACTIONS = Object.fromEntries(Object.entries(LETTERS).map(([name, letter]) => [letter, name]));

/**
 * @typedef {{renew: object, steps: {action: object, block?: number}[]}} Told block: which one by number
 * @typedef {{kind: "state"} & Told | {kind: "scenario", name: string, step: number}
 *   | {kind: "recording", name: string, position: number, chosen: object}
 *   | {kind: "laboratory", name: string, position: number, capacity: number, placements: string[]}
 *   | {kind: "view", view: string}} Target
 */

/** @param {{origin: object, since: object[]}} current of the history @returns {Promise<string>} the hash */
export async function hashOfState({ origin, since }) {
  const { action: renew } = origin;
  if (!renew) throw new Error("a link cannot hold a state that came from a file or a recording: save it as a file.");
  if (since.length > MOST_OPERATIONS) {
    throw new Error(`a link holds at most ${MOST_OPERATIONS} operations, and these are ${count(since.length)}: save the state as a file.`);
  }
  const { capacity, placement, unit = "char", autoDefragment } = renew;
  const head = `#s=${[placement, capacity, unit, ...(autoDefragment ? ["auto"] : [])].join(".")}`;
  const operations = written(since, unit);
  if (operations === "") return head;
  const plain = `${head}&o=${operations}`;
  if (plain.length <= LONGEST) return plain;
  const packed = `${head}&z=${await pack(operations)}`;
  if (packed.length <= LONGEST) return packed;
  throw new Error(`a link holds ${count(LONGEST)} characters, and this state takes ${count(packed.length)}: save it as a file.`);
}

export const hashOfScenario = (name, step) => `#scenario=${name}${step > 1 ? `&step=${step}` : ""}`;

export function hashOfRecording(name, position, { placement, unit, autoDefragment }) {
  return `#r=${[name, placement, unit, ...(autoDefragment ? ["auto"] : [])].join(".")}&at=${position}`;
}

export const hashOfLaboratory = ({ name, position, capacity, placements }) =>
  `#lab=${[name, capacity, ...placements].join(".")}&at=${position}`;

/** @param {string} hash @returns {Promise<Target | null>} null for one that names nothing */
export async function readHash(hash) {
  if (hash.length > LONGEST) throw wrong("it is too long");
  const fields = new Map(hash.slice(1).split("&").map((field) => [field.split("=", 1)[0], field.slice(field.indexOf("=") + 1)]));
  if (fields.has("s")) return { kind: "state", ...(await readState(fields)) };
  if (fields.has("scenario")) return { kind: "scenario", name: fields.get("scenario"), step: whole(fields.get("step") ?? "1") };
  if (fields.has("r")) return readRecording(fields);
  if (fields.has("lab")) return readLaboratory(fields);
  const view = Object.keys(VIEWS).find((name) => VIEWS[name] === hash);
  return view ? { kind: "view", view } : null;
}

function readRecording(fields) {
  const [name, placement, unit, auto] = fields.get("r").split(".");
  const chosen = { placement: oneOf(placement, PLACEMENTS.map((each) => each.name)), unit: oneOf(unit, UNITS), autoDefragment: auto === "auto" };
  return { kind: "recording", name, position: whole(fields.get("at") ?? "0"), chosen };
}

function readLaboratory(fields) {
  const [name, capacity, ...placements] = fields.get("lab").split(".");
  if (placements.length !== PICTURES) throw wrong(`it names no ${PICTURES} placements`);
  const known = placements.map((placement) => oneOf(placement, PLACEMENTS.map((each) => each.name)));
  return { kind: "laboratory", name, position: whole(fields.get("at") ?? "0"), capacity: whole(capacity), placements: known };
}

async function readState(fields) {
  const [placement, capacity, unit, auto] = fields.get("s").split(".");
  const renew = {
    do: "renew", capacity: whole(capacity), placement: oneOf(placement, PLACEMENTS.map((each) => each.name)),
    unit: oneOf(unit, UNITS), autoDefragment: auto === "auto",
  };
  const text = fields.has("z") ? await unpack(fields.get("z")) : fields.get("o") ?? "";
  const steps = text === "" ? [] : text.split(",").map((step) => readStep(step, unit));
  if (steps.length > MOST_OPERATIONS) throw wrong("it has too many operations");
  return { renew, steps };
}

// ---------------------------------------------------------------- operations

function written(since, unit) {
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
    case "defragment": return `${letter}${action.order ?? ""}${action.maxMoves === undefined ? "" : `:${action.maxMoves}`}`;
    case "clear": return letter;
    default: return `${letter}${block}`;
  }
}

function readStep(step, unit) {
  const name = ACTIONS[step[0]];
  const [first, second] = split(step.slice(1), name === "alloc" ? "@" : ":");
  switch (name) {
    case "alloc": return { action: { do: name, size: whole(first), ...(second !== undefined && { align: whole(second) }) } };
    case "write": return { action: { do: name, data: decode(second ?? "", unit) }, block: whole(first) };
    case "resize": return { action: { do: name, size: whole(second ?? "") }, block: whole(first) };
    case "defragment": return { action: { do: name, ...orderIn(first), ...(second !== undefined && { maxMoves: whole(second) }) } };
    case "clear": return { action: { do: name } };
    case undefined: throw wrong(`it has an operation that is none of this page's`);
    default: return { action: { do: name }, block: whole(first) };
  }
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
  if (text.startsWith("=")) return String.fromCharCode(...text.slice(1).split(".").map((part) => parseInt(part, 16)));
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("it has a text that cannot be read");
  }
}

function whole(text) {
  if (!/^\d{1,10}$/.test(text)) throw wrong("it has something else where a number should be");
  return Number(text);
}

function oneOf(text, names) {
  if (!names.includes(text)) throw wrong("it has a word that this page does not know");
  return text;
}

const wrong = (what) => new Error(`this link leads nowhere: ${what}.`);

// ---------------------------------------------------------------- packing

/** More would not come from 2,048 characters of this page's. */
const LARGEST = 2 ** 17;

async function pack(text) {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

async function unpack(text) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    bytes = await through(bytes, new DecompressionStream("deflate-raw"));
  } catch {
    throw wrong("it is damaged");
  }
  if (bytes.length > LARGEST) throw wrong("it is too large");
  return new TextDecoder().decode(bytes);
}

async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}
