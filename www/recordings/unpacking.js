// What a recording was packed in. Always: it is known by its content, not by its name: a server may unpack a .gz
// file on the way, and people rename files; nothing grows past the limit, however much a small file unpacks to.
import { Complaint } from "../page/words.js";

const MEBI = 2 ** 20;
/** More would keep the page waiting for minutes, and more still the browser cannot hold. */
const LARGEST = 512 * MEBI;

/** @param {Uint8Array} bytes @param {AbortSignal} signal @param {number} [most] bytes of what was packed
 *  @returns {Promise<Uint8Array>} unpacked, if it was packed */
export async function unpacked(bytes, signal, most = LARGEST) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"), { signal });
  try {
    return await joined(stream, most);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Complaint) throw error;
    throw new Complaint("This gzip file is damaged.", { cause: error });
  }
}

async function joined(stream, most) {
  const parts = [];
  let length = 0;
  // Breaking off cancels the stream.
  for await (const part of readable(stream)) {
    parts.push(part);
    length += part.length;
    if (length > most) throw new Complaint(`This gzip file unpacks to more than ${most / MEBI} MiB, the most that this page reads.`);
  }
  const all = new Uint8Array(length);
  parts.reduce((at, part) => {
    all.set(part, at);
    return at + part.length;
  }, 0);
  return all;
}

// Not every browser has streams that can be iterated.
async function* readable(stream) {
  const reader = stream.getReader();
  try {
    for (let next; !(next = await reader.read()).done;) yield next.value;
  } finally {
    reader.cancel().catch(() => {});
  }
}
