// Text packed into characters that an address may hold, and back.
import { base64, bytesOf } from "./base64.js";
import { wrong } from "./fields.js";

/** More would not come from 2,048 characters of this page's. */
const LARGEST = 2 ** 17;

/** @param {string} text */
export async function pack(text) {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  return base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text @returns {Promise<string>} @throws where it is damaged, or too large */
export async function unpack(text) {
  let bytes;
  try {
    bytes = bytesOf(text.replaceAll("-", "+").replaceAll("_", "/"));
    bytes = await through(bytes, new DecompressionStream("deflate-raw"));
  } catch {
    throw wrong("its operations cannot be unpacked");
  }
  if (bytes.length > LARGEST) throw wrong("it has too many operations");
  return new TextDecoder().decode(bytes);
}

async function through(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}
