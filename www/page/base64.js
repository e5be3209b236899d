// Bytes as text in base 64, and back. Always: of any length.

// As arguments of one call, many bytes would overflow the stack.
/** @param {Uint8Array} bytes */
export const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** @param {string} text @throws where it is none */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
