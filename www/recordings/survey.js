// A recording looked through before it is shown: what the manager's stats are all along it. Always: a
// manager of its own, let go of at the end; the page stays alive meanwhile, and the signal ends it.
import { Checkpoints } from "./checkpoints.js";
import { Replay } from "./replay.js";
import { nextFrame } from "../page/frame.js";

const SAMPLES = 400;
const SLICE = 12;

/**
 * @typedef {{position: number, used: number, fragmented: number}} Sample the used share of the
 *   capacity, and external fragmentation, after so many operations
 * @typedef {{samples: Sample[], refused: number, fragmented: number, checkpoints: Checkpoints,
 *   ids: Float64Array}} Survey refused operations, and how many of them by fragmentation
 * @param {() => object} makeManager @param {() => Replay} makeReplay @param {AbortSignal} signal
 * @param {(share: number) => void} progressed from 0 to 1
 * @returns {Promise<Survey>} samples from the start to the end, evenly spread
 */
export async function survey(makeManager, makeReplay, signal, progressed) {
  const manager = makeManager();
  try {
    return await walk(manager, makeReplay(), signal, progressed);
  } finally {
    manager.dispose();
  }
}

/** The sample with the highest external fragmentation. @param {Sample[]} samples */
export function mostFragmented(samples) {
  return samples.reduce((worst, sample) => (sample.fragmented > worst.fragmented ? sample : worst));
}

async function walk(manager, replay, signal, progressed) {
  const samples = [sampleOf(manager, 0)];
  const checkpoints = new Checkpoints(replay.length);
  let until = performance.now() + SLICE;
  while (!replay.ended) {
    const sample = Math.min(Math.ceil((samples.length * replay.length) / SAMPLES), replay.length);
    replay.run(manager, Math.min(sample, checkpoints.next), () => performance.now() < until);
    checkpoints.keep(manager, replay);
    if (replay.position === sample) samples.push(sampleOf(manager, replay.position));
    if (performance.now() < until) continue;
    progressed(replay.position / replay.length);
    await nextFrame();
    signal.throwIfAborted();
    until = performance.now() + SLICE;
  }
  const { refused, fragmented, ids } = replay;
  return { samples, refused, fragmented, checkpoints, ids };
}

function sampleOf(manager, position) {
  const { usedUnits, capacity, externalFragmentation } = manager.stats();
  return { position, used: usedUnits / capacity, fragmented: externalFragmentation };
}
