// A state as the part of an address after "#", and back. Always: at most 2,048 characters; what cannot be
// told within them exactly is refused; and what is read is checked before anything is made of it.
import { isAuto, oneOf, whole, wrong } from "./fields.js";
import { readSteps, writeSteps } from "./operations.js";
import { pack, unpack } from "./packing.js";
import { UNITS } from "./values.js";
import { Complaint, count } from "./words.js";
import { PLACEMENTS } from "../manager/placements.js";

/** The longest hash, "#" included. */
const LONGEST = 2048;
/** The most operations in one. */
const MOST_OPERATIONS = 200;

/** How many pictures the laboratory has side by side. */
const PICTURES = 4;

/** Where each view is, if nothing is said of what it shows. */
export const VIEWS = { bench: "", laboratory: "#laboratory", workers: "#workers" };

/**
 * @typedef {{renew: object, steps: {action: object, block?: number}[]}} Told block: which one by number
 * @typedef {{kind: "state"} & Told | {kind: "scenario", name: string, step: number}
 *   | {kind: "recording", name: string, position: number, chosen: object}
 *   | {kind: "laboratory", name: string, position: number, capacity: number, placements: string[]}
 *   | {kind: "view", view: string}} Target
 */

/** @param {{origin: object, since: object[]}} current of the history @returns {Promise<string>} the hash */
export async function hashOfState({ origin, since }) {
  if (!origin.action) throw new Complaint("A link cannot hold a state that came from a file or a recording. Save it as a file instead.");
  if (since.length > MOST_OPERATIONS) {
    throw new Complaint(`A link holds at most ${MOST_OPERATIONS} operations, but this state took ${count(since.length)}. Save it as a file instead.`);
  }
  const { head, operations } = written(origin.action, since);
  const plain = head + plainly(operations);
  if (plain.length <= LONGEST) return plain;
  const packed = `${head}&z=${await pack(operations)}`;
  if (packed.length <= LONGEST) return packed;
  throw new Complaint(`A link holds at most ${count(LONGEST)} characters, but this state takes ${count(packed.length)}. Save it as a file instead.`);
}

/** The same as text of any length, which no address holds. @param {{origin: object, since: object[]}} current whose
 *  origin has an action */
export function textOfState({ origin, since }) {
  const { head, operations } = written(origin.action, since);
  return head + plainly(operations);
}

function written({ capacity, placement, unit = "char", autoDefragment }, since) {
  const head = `#s=${[placement, capacity, unit, ...(autoDefragment ? ["auto"] : [])].join(".")}`;
  return { head, operations: writeSteps(since, unit) };
}

const plainly = (operations) => operations && `&o=${operations}`;

/** What stands at the bench, where nothing but what comes with the page led to it.
 *  @param {{stepper: object, player: object}} page @returns {string | null} */
export function hashOfPlace({ stepper, player }) {
  if (stepper.place) return hashOfScenario(stepper.place);
  return player.place && hashOfRecording(player.place);
}

/** @param {{name: string, step?: number}} place name: its slug; step: counted from 1 */
export const hashOfScenario = ({ name, step }) => `#scenario=${name}${step > 1 ? `&step=${step}` : ""}`;

function hashOfRecording({ name, position, chosen: { placement, unit, autoDefragment } }) {
  return `#r=${[name, placement, unit, ...(autoDefragment ? ["auto"] : [])].join(".")}&at=${position}`;
}

export const hashOfLaboratory = ({ name, position, capacity, placements }) =>
  `#lab=${[name, capacity, ...placements].join(".")}&at=${position}`;

/** @param {string} hash @returns {Promise<Target | null>} null for one that names nothing */
export async function readHash(hash) {
  if (hash.length > LONGEST) throw wrong("it is too long");
  const target = await readText(hash);
  if (target?.steps?.length > MOST_OPERATIONS) throw wrong("it has too many operations");
  return target;
}

/** The same of text of any length. @param {string} hash @returns {Promise<Target | null>} */
export async function readText(hash) {
  const fields = new Map(hash.slice(1).split("&").map((field) => [field.split("=", 1)[0], field.slice(field.indexOf("=") + 1)]));
  if (fields.has("s")) return { kind: "state", ...(await readState(fields)) };
  if (fields.has("scenario")) return { kind: "scenario", name: fields.get("scenario"), step: whole(fields.get("step") ?? "1") };
  if (fields.has("r")) return readRecording(fields);
  if (fields.has("lab")) return readLaboratory(fields);
  const view = Object.keys(VIEWS).find((name) => VIEWS[name] === hash);
  return view ? { kind: "view", view } : null;
}

function readRecording(fields) {
  const [name, placement, unit, ...rest] = fields.get("r").split(".");
  const chosen = { placement: oneOf(placement, PLACEMENTS.map((each) => each.name)), unit: oneOf(unit, UNITS), autoDefragment: isAuto(rest) };
  return { kind: "recording", name, position: whole(fields.get("at") ?? "0"), chosen };
}

function readLaboratory(fields) {
  const [name, capacity, ...placements] = fields.get("lab").split(".");
  if (placements.length !== PICTURES) throw wrong(`it should name ${PICTURES} placements`);
  const known = placements.map((placement) => oneOf(placement, PLACEMENTS.map((each) => each.name)));
  const units = whole(capacity);
  if (units === 0) throw wrong("its capacity is 0");
  return { kind: "laboratory", name, position: whole(fields.get("at") ?? "0"), capacity: units, placements: known };
}

async function readState(fields) {
  const [placement, capacity, unit, ...rest] = fields.get("s").split(".");
  const renew = {
    do: "renew", capacity: whole(capacity), placement: oneOf(placement, PLACEMENTS.map((each) => each.name)),
    unit: oneOf(unit, UNITS), autoDefragment: isAuto(rest),
  };
  const text = fields.has("z") ? await unpack(fields.get("z")) : fields.get("o") ?? "";
  return { renew, steps: readSteps(text, unit) };
}
