// What a place may lack that the package runs in: an AudioWorklet has no clock but Date, and no coders
// of text. The generated scripts take these, too.
//
// What always holds: where there is the real thing, it is used.

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

/** Surrogates that are no half of a pair. */
const LONE = /\p{Surrogate}/gu;
