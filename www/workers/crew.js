// The workers and what they share beside the manager. Always: workers are started one after the other, so
// that the first one has the part after the page's, and so on; they are kept for the next time, since each
// takes a stack from the memory and never gives it back.
import { GO, STOP } from "./hammer.js";

const MAILBOX = 32;
const script = new URL("workers/worker.js", document.baseURI);
const workers = [];

export class Crew {
  #control = shared(Int32Array, 1);
  #mailbox = shared(BigInt64Array, MAILBOX);
  #pairs;
  #results = [];

  /** @param {number} size workers */
  constructor(size) {
    this.#pairs = shared(BigInt64Array, size);
  }

  /** @param {object} memory a SharedMemoryManager @param {number} blocks that all keep together
   *  @param {(error: Error) => void} failed a worker did */
  async start(memory, blocks, failed) {
    Atomics.store(this.#control, 0, GO);
    const each = Math.floor(blocks / this.#pairs.length);
    for (let number = 0; number < this.#pairs.length && Atomics.load(this.#control, 0) === GO; number++) {
      const work = {
        number, blocks: each, seed: 1 + Math.random() * 2 ** 31,
        control: this.#control, pairs: this.#pairs, mailbox: this.#mailbox,
      };
      const { attached, result } = begin(number, { handle: memory.share(), work });
      result.catch(failed);
      this.#results.push(result);
      await attached;
    }
  }

  /** Pairs that each worker has done. */
  get pairs() {
    return Array.from(this.#pairs, (_, number) => Number(Atomics.load(this.#pairs, number)));
  }

  /** Ends the work. @returns {Promise<{results: object[], ids: number[]}>} what each worker counted; all
   *  blocks that there should be */
  async stop() {
    Atomics.store(this.#control, 0, STOP);
    // All of them, since the manager is audited only when nobody uses it.
    await Promise.allSettled(this.#results);
    const results = await Promise.all(this.#results);
    const waiting = Array.from(this.#mailbox, Number).filter((id) => id !== 0);
    return { results, ids: [...results.flatMap(({ ids }) => ids), ...waiting] };
  }
}

function begin(number, task) {
  const worker = workers[number] ??= new Worker(script, { type: "module" });
  let attached;
  const begun = new Promise((resolve) => (attached = resolve));
  const result = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.attached) attached();
      else if (data.error) reject(Object.assign(new Error(data.error.message), { code: data.error.code }));
      else resolve(data.result);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      delete workers[number];
      reject(new Error(event.message || "a worker could not be started."));
    };
    worker.postMessage(task);
  });
  // One that fails before it is attached never is.
  return { attached: Promise.race([begun, result]), result };
}

function shared(Kind, length) {
  return new Kind(new SharedArrayBuffer(Kind.BYTES_PER_ELEMENT * length));
}
