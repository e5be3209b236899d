// What a worker measures: one placement on one recording. Always: every figure is the package's; here is
// only the order of work, and how far it is.
import load, { CapacitySearch, parseTrace, Replay } from "../twingate-memory/trace.js";

/** Operations between two messages on how far it is. */
const PART = 200_000;
const SAMPLES = 500;
/** Milliseconds for a replay that compacts: in a buffer that is nearly full it may take minutes. What was
 *  found by then is shown as a least. */
const PATIENCE = 8_000;
const COMPACTING_PART = 5_000;
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
  const { smallest, exact } = search(placement, (share) => progressed(share * SEARCHED));
  const { report, samples } = finish(plain, (share) => progressed(SEARCHED + share * (REPLAYED - SEARCHED)));
  const compacting = contiguous ? new Replay(trace, { capacity, placement, autoDefragment: true }) : null;
  return {
    placement, smallest, exact, report, samples,
    compacting: compacting && finish(compacting, (share) => progressed(REPLAYED + share * (1 - REPLAYED)), COMPACTING_PART, PATIENCE).report,
  };
}

function search(placement, progressed) {
  const search = new CapacitySearch(trace, placement);
  // How long it takes nobody knows beforehand: mostly some dozen replays.
  const usual = 12 * trace.operations + PART;
  while (!search.run(PART)) progressed(1 - Math.exp(-search.operations / usual));
  const found = { smallest: search.capacity, exact: search.exact };
  search.dispose();
  return found;
}

function finish(replay, progressed, part = PART, patience = Infinity) {
  const end = performance.now() + patience;
  while (!replay.run(part) && performance.now() < end) progressed(replay.position / replay.operations);
  const done = { report: replay.report(), samples: replay.samples() };
  replay.dispose();
  return done;
}
