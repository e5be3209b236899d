// What a worker measures: one placement on one recording. Always: every figure is the package's; here is
// only the order of work, how far it is, and for how long.
import load, { CapacitySearch, parseTrace, Replay } from "../twingate-memory/trace.js";
import { PATIENCE } from "./patience.js";

const SAMPLES = 500;
/** Operations between two looks at the clock: of work that is fast, and of work that may be a thousand times as slow. */
const [PART, SLOW_PART] = [200_000, 5_000];
/** Shares of the progress: the search for the smallest capacity, then the two replays. */
const [SEARCHED, REPLAYED] = [0.7, 0.85];

let trace;

/**
 * @param {{bytes: Uint8Array, format: string, name: string}} shared the recording
 * @param {{placement: string, contiguous: boolean, capacity: number}} job
 * @param {(share: number) => void} progressed from 0 to 1
 * @returns {Promise<import("./figures.js").Row>} without its ratio
 */
export async function measure({ bytes, format, name }, { placement, contiguous, capacity }, progressed) {
  await load();
  trace ??= parseTrace(bytes, { format, name });
  // First, so that a capacity that makes no sense is refused at once.
  const plain = new Replay(trace, { capacity, placement, samples: SAMPLES });
  const [searched, replayed] = contiguous ? [SEARCHED, REPLAYED] : [0, 1];
  const { smallest, exact } = search(placement, (share) => progressed(share * searched));
  const { report, samples } = finish(plain, contiguous ? PART : SLOW_PART, PATIENCE.replay,
    (share) => progressed(searched + share * (replayed - searched)));
  const compacting = contiguous ? new Replay(trace, { capacity, placement, autoDefragment: true }) : null;
  return {
    placement, operations: trace.operations, smallest, exact, report, samples,
    compacting: compacting && finish(compacting, SLOW_PART, PATIENCE.compacting, (share) => progressed(replayed + share * (1 - replayed))).report,
  };
}

/** @returns {{smallest: number | null, exact: boolean}} the smallest capacity known to serve when the patience ended;
 *    null where none was */
function search(placement, progressed) {
  // How long it takes nobody knows beforehand: mostly some dozen replays.
  const usual = 12 * trace.operations + PART;
  const share = timed(PATIENCE.search);
  let search;
  try {
    search = new CapacitySearch(trace, placement);
    while (!search.run(PART) && share() < 1) progressed(Math.max(share(), 1 - Math.exp(-search.operations / usual)));
    return { smallest: search.serving ?? null, exact: search.exact };
  } catch (error) {
    if (error.code !== "ERR_INVALID_CAPACITY") throw error;
    return { smallest: null, exact: false };
  } finally {
    search?.dispose();
  }
}

function finish(replay, part, patience, progressed) {
  const share = timed(patience);
  while (!replay.run(part) && share() < 1) progressed(Math.max(share(), replay.position / replay.operations));
  const done = { report: replay.report(), samples: replay.samples() };
  replay.dispose();
  return done;
}

/** @param {number} patience in milliseconds @returns {() => number} the share of it that has passed */
function timed(patience) {
  const begun = performance.now();
  return () => (performance.now() - begun) / patience;
}
