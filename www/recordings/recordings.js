// Where recordings come from: the shipped list, or a file of the reader's. Always: what is read stays
// in this page, and its names and contents are data, never markup.

/** Larger files would keep the page waiting for minutes. */
export const LARGEST_FILE = 256 * 1024 * 1024;

const SHIPPED = new URL("traces/", document.baseURI);

/**
 * @typedef {{name: string, title: string, about: string, file: string, program: string, version: string, command: string,
 *   operations: number, blocks: number, peakBytes: number, format: string}} Entry
 * @returns {Promise<Entry[]>}
 */
export async function shippedRecordings() {
  return (await get("index.json")).json();
}

/** @param {Entry} entry @param {AbortSignal} signal */
export async function openShipped(entry, signal) {
  const response = await get(entry.file, signal);
  return parse(await response.arrayBuffer(), { name: entry.name, format: entry.format }, signal);
}

/** @param {File} file @param {AbortSignal} signal */
export async function openFile(file, signal) {
  if (file.size > LARGEST_FILE) throw new Error(`${file.name} is larger than the 256 MiB that this page reads.`);
  return parse(await file.arrayBuffer(), { name: file.name }, signal);
}

async function get(path, signal) {
  const response = await fetch(new URL(path, SHIPPED), { signal });
  if (!response.ok) throw new Error(`the server answered ${response.status} for ${path}.`);
  return response;
}

async function parse(buffer, options, signal) {
  const { default: load, parseTrace } = await import("twingate-memory/trace");
  await load();
  const bytes = await unpacked(new Uint8Array(buffer), signal);
  signal.throwIfAborted();
  return parseTrace(bytes, options);
}

// By content, not by name: a server may unpack a .gz file on the way, and people rename files.
async function unpacked(bytes, signal) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"), { signal });
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    signal.throwIfAborted();
    throw new Error("this gzip file is damaged.", { cause: error });
  }
}
