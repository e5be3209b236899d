// Workers that take jobs one after the other. Always: as many at once as the machine has processors, each
// with the recording it was given; a result is handed over as soon as it is there; when the pool is closed, all
// workers end at once, in the middle of a job.

const MOST = navigator.hardwareConcurrency || 2;

/**
 * @param {URL} script @param {object} shared what every worker gets first @param {object[]} jobs begun in this order
 * @param {{progressed: (job: number, progress: number) => void, finished: (job: number, result: object) => Promise<void>}} told
 *   progressed: from 0 to 1
 * @param {AbortSignal} signal
 */
export async function runAll(script, shared, jobs, { progressed, finished }, signal) {
  const workers = Array.from({ length: Math.min(MOST, jobs.length) }, () => new Worker(script, { type: "module" }));
  let next = 0;
  const work = async (worker) => {
    worker.postMessage({ shared });
    while (next < jobs.length) {
      const at = next++;
      const result = await runOne(worker, jobs[at], (progress) => progressed(at, progress));
      // What arrived just before the end is no longer wanted.
      signal.throwIfAborted();
      progressed(at, 1);
      await finished(at, result);
    }
  };
  try {
    await Promise.race([aborted(signal), Promise.all(workers.map(work))]);
  } finally {
    workers.forEach((worker) => worker.terminate());
  }
}

function runOne(worker, job, progressed) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { result, progress, error } }) => {
      if (error) reject(Object.assign(new Error(error.message), { code: error.code }));
      else if (result) resolve(result);
      else progressed(progress);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message || "a worker could not be started."));
    };
    worker.postMessage({ job });
  });
}

function aborted(signal) {
  return new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
