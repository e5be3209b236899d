// Bytes as text in base 64, and back. Always: of any length.

/** @param {Uint8Array} bytes as arguments of one call, many would overflow the stack */
export const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** @param {string} text @throws where it is none */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
