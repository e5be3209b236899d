// Where recordings come from: the shipped list, or a file of the reader's. Always: what is read stays
// in this page, and its names and contents are data, never markup; the page stays alive meanwhile, and the signal
// ends it.
import { unpacked } from "./unpacking.js";
import { nextFrame } from "../page/frame.js";
import { overNetwork } from "../page/network.js";
import { Complaint, refusalOf, wasAborted } from "../page/words.js";

/** Larger files would keep the page waiting for minutes. */
const LARGEST_FILE = 256 * 1024 * 1024;

/** Milliseconds between two frames that reading may take, and bytes between two looks at the clock. */
const [SLICE, PART] = [12, 2 ** 15];

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
 * @param {Entry} entry @param {AbortSignal} signal @param {(share: number) => void} progressed how much of it is read, from
 *   0 to 1 @returns {Promise<Recording>}
 */
export async function openShipped(entry, signal, progressed) {
  const packed = await get(entry.file, (response) => response.arrayBuffer(), signal);
  const options = { name: entry.name, format: entry.format };
  return { ...(await parse(packed, options, signal, progressed)), entry };
}

/** @param {File} file @param {AbortSignal} signal @param {(share: number) => void} progressed as there
 *  @returns {Promise<Recording>} @throws Complaint that names the file */
export async function openFile(file, signal, progressed) {
  try {
    if (file.size > LARGEST_FILE) throw new Complaint(`${file.name} is larger than 256 MiB, the most that this page reads.`);
    return { ...(await parse(await file.arrayBuffer(), { name: file.name }, signal, progressed)), entry: null };
  } catch (error) {
    throw wasAborted(error) ? error : new Complaint(refusalOf(file.name, error), { cause: error });
  }
}

// Read there, too: a download may break off.
function get(path, read, signal) {
  return overNetwork("This recording", async () => {
    const response = await fetch(new URL(path, SHIPPED), { signal });
    if (!response.ok) throw new Complaint(`The server answered ${response.status} for ${path}.`);
    return read(response);
  });
}

async function parse(buffer, options, signal, progressed) {
  const { default: load, TraceReader } = await overNetwork("Reading recordings", () => import("twingate-memory/trace"));
  await overNetwork("Reading recordings", load);
  const bytes = await unpacked(new Uint8Array(buffer), signal);
  signal.throwIfAborted();
  return { trace: await read(new TraceReader(bytes, options), signal, progressed), bytes };
}

async function read(reader, signal, progressed) {
  try {
    let until = performance.now() + SLICE;
    while (!reader.run(PART)) {
      if (performance.now() < until) continue;
      progressed(reader.position / reader.length);
      await nextFrame();
      signal.throwIfAborted();
      until = performance.now() + SLICE;
    }
    return reader.trace;
  } finally {
    reader.dispose();
  }
}
