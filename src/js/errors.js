// The errors that the package throws on purpose.
//
// What always holds: each has a stable `code` and a message that says what was asked, what was found and
// what would help. index.d.ts says what such an error leaves of the manager: all, with two exceptions.

export class MemoryError extends Error {
  /** @param details what it carries beside the message, its code among it */
  constructor(message, details) {
    super(message);
    Object.assign(this, details);
  }
}
MemoryError.prototype.name = "MemoryError";

const CLASSES = { Error, MemoryError, RangeError, TypeError };

/** The error for a refusal `{ name, code, message, … }`; `name` is that of its class. */
export function errorFrom(refusal) {
  const { name, message, ...details } = refusal;
  return Object.assign(new CLASSES[name](message), details);
}

/** An engine's refusal of an array or a string that is too long, as an error that says what else to do; any
 *  other error as it is. */
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
  if (value == null || typeof value === "number") return String(value);
  const kind = typeof value === "object" ? classOf(value) : typeof value;
  return `${/^[aeio]/i.test(kind) ? "an" : "a"} ${kind}`;
}

function classOf(object) {
  try {
    return shortened(Object.prototype.toString.call(object).slice("[object ".length, -1));
  } catch {
    return "object";
  }
}

/** A value as a message quotes it. */
export function named(value) {
  if (typeof value === "string") return JSON.stringify(shortened(value));
  return typeof value === "bigint" ? `${shortened(String(value))}n` : described(value);
}

/** A value of the right kind that makes no sense. */
export function wrongValue(message, code = "ERR_INVALID_ARGUMENT") {
  return errorFrom({ name: "TypeError", code, message });
}

/** The options, if they have no other names than these: a misspelled one would have no effect. */
export function optionsOf(options, names) {
  // A list, a Map or the like has no such names: what it says would have no effect either.
  if (typeof options !== "object" || options === null || Symbol.iterator in options) {
    throw wrongKind("the options", options, "an object");
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name) || options[name] === undefined) continue;
    const known = names.length > 1 ? `one of ${names.join(", ")}` : names[0];
    throw wrongValue(`there is no option "${shortened(name)}": use ${known}`);
  }
  return options;
}

const LONGEST_NAME = 40;

/** A name for the module or a message. One that is longer than any known name is cut, and stays unknown. */
export function shortened(name) {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}
