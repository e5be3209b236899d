// Where recordings come from: the shipped list, or a file of the reader's. Always: what is read stays
// in this page, and its names and contents are data, never markup.
import { unpacked } from "./unpacking.js";
import { overNetwork } from "../page/network.js";
import { Complaint } from "../page/words.js";

/** Larger files would keep the page waiting for minutes. */
const LARGEST_FILE = 256 * 1024 * 1024;

const SHIPPED = new URL("traces/", document.baseURI);

/**
 * @typedef {{name: string, title: string, about: string, file: string, program: string, version: string, command: string,
 *   operations: number, blocks: number, peakBytes: number, format: string}} Entry
 * @returns {Promise<Entry[]>} asked for once, and once more after it could not be had
 */
export async function shippedRecordings() {
  try {
    return await (shipped ??= get("index.json", (response) => response.json()));
  } catch (error) {
    shipped = undefined;
    throw error;
  }
}

let shipped;

/**
 * @typedef {{trace: object, bytes: Uint8Array, entry: Entry | null}} Recording trace: of
 *   twingate-memory/trace; bytes: what it was read from, unpacked; entry: of the shipped list
 * @param {Entry} entry @param {AbortSignal} signal @returns {Promise<Recording>}
 */
export async function openShipped(entry, signal) {
  const packed = await get(entry.file, (response) => response.arrayBuffer(), signal);
  const options = { name: entry.name, format: entry.format };
  return { ...(await parse(packed, options, signal)), entry };
}

/** @param {File} file @param {AbortSignal} signal @returns {Promise<Recording>} */
export async function openFile(file, signal) {
  if (file.size > LARGEST_FILE) throw new Complaint(`${file.name} is larger than 256 MiB, the most that this page reads.`);
  return { ...(await parse(await file.arrayBuffer(), { name: file.name }, signal)), entry: null };
}

// Read there, too: a download may break off.
function get(path, read, signal) {
  return overNetwork("This recording", async () => {
    const response = await fetch(new URL(path, SHIPPED), { signal });
    if (!response.ok) throw new Complaint(`The server answered ${response.status} for ${path}.`);
    return read(response);
  });
}

async function parse(buffer, options, signal) {
  const { default: load, parseTrace } = await overNetwork("Reading recordings", () => import("twingate-memory/trace"));
  await overNetwork("Reading recordings", load);
  const bytes = await unpacked(new Uint8Array(buffer), signal);
  signal.throwIfAborted();
  return { trace: parseTrace(bytes, options), bytes };
}
