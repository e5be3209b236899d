// The errors that the package throws on purpose.
//
// What always holds: each has a stable `code` and a message that says what was asked, what was
// found and what would help; after it the manager is as it was before, but for what index.d.ts says of
// the class.

export class MemoryError extends Error {
  /** @param {{ code: string, message: string }} details what it carries beside the message */
  constructor({ name: _, message, ...details }) {
    super(message);
    Object.assign(this, details);
  }
}
MemoryError.prototype.name = "MemoryError";

const CLASSES = { Error, MemoryError, RangeError, TypeError };

/** The error for a refusal `{ name, code, message, … }` as the module tells it. */
export function errorFrom(refusal) {
  if (refusal.name === "MemoryError") return new MemoryError(refusal);
  const { name, message, ...details } = refusal;
  return Object.assign(new CLASSES[name](message), details);
}

/** A value of the wrong kind. */
export function wrongKind(what, value, expected, code = "ERR_INVALID_ARGUMENT") {
  const found = value === null || typeof value === "number" ? String(value) : typeof value;
  const message = `${what} must be ${expected}, not ${found}`;
  return errorFrom({ name: "TypeError", code, message });
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
