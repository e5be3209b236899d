// The errors that the package throws on purpose.
//
// What always holds: each has a stable `code` and a message that says what was asked, what was
// found and what would help; after it the manager is as it was before, but for what index.d.ts says of
// the class.

export class MemoryError extends Error {
  /** @param details what it carries beside the message, its code among it */
  constructor(message, details) {
    super(message);
    Object.assign(this, details);
  }
}
MemoryError.prototype.name = "MemoryError";

const CLASSES = { Error, MemoryError, RangeError, TypeError };

/** The error for a refusal `{ name, code, message, … }`, of the class that `name` names. */
export function errorFrom(refusal) {
  const { name, message, ...details } = refusal;
  return Object.assign(new CLASSES[name](message), details);
}

/** What an engine refuses to make because it would be too long, as a refusal that says what else to do;
 *  any other error as it is. */
export function tooLong(error, instead) {
  const isOfEngine = error?.code === undefined && /^(RangeError|InternalError)$/.test(error?.name);
  if (!isOfEngine || /stack|recursion/i.test(error.message)) return error;
  const message = `this is longer than an array or a string of this engine can be: ${instead}`;
  return new MemoryError(message, { code: "ERR_OUT_OF_MEMORY" });
}

/** A value of the wrong kind. */
export function wrongKind(what, value, expected, code = "ERR_INVALID_ARGUMENT") {
  const message = `${what} must be ${expected}, not ${described(value)}`;
  return errorFrom({ name: "TypeError", code, message });
}

/** What a value is, for a message: no code of the user's is trusted to say it. */
function described(value) {
  if (value === null || typeof value === "number") return String(value);
  if (typeof value !== "object") return typeof value;
  try {
    return shortened(Object.prototype.toString.call(value).slice("[object ".length, -1));
  } catch {
    return "object";
  }
}

/** A value for a message that says what it may not be. */
export function named(value) {
  if (typeof value === "string") return JSON.stringify(shortened(value));
  return typeof value === "bigint" ? shortened(String(value)) : described(value);
}

/** A value of the right kind that makes no sense. */
export function wrongValue(message, code = "ERR_INVALID_ARGUMENT") {
  return errorFrom({ name: "TypeError", code, message });
}

const LONGEST_NAME = 40;

/** A name for the module or a message: one that is longer than any there is, is cut, and unknown all the same. */
export function shortened(name) {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
