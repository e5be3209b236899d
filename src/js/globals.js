// What may be missing where the package runs: an AudioWorklet has no clock but Date, and no TextEncoder and
// TextDecoder. The generated scripts use these too.
//
// What always holds: the real thing is used where there is one.

export const performance = globalThis.performance ?? Date;

export const TextDecoder = globalThis.TextDecoder ?? class {
  decode(bytes = []) {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, "0")}`).join(""));
  }
};

export const TextEncoder = globalThis.TextEncoder ?? class {
  encode(text) {
    const escaped = encodeURIComponent(text.replace(LONE, "\ufffd"));
    const bytes = escaped.matchAll(/%(..)|(.)/g);
    return Uint8Array.from(bytes, ([, code, letter]) => (code ? Number.parseInt(code, 16) : letter.charCodeAt(0)));
  }
};

/** Surrogates that are not half of a pair. */
const LONE = /\p{Surrogate}/gu;
