// Workers that take jobs one after the other. Always: as many at once as the machine has processors, each
// with the recording it was given; when the pool is closed, all of them end at once, in the middle of a job.

const MOST = navigator.hardwareConcurrency || 2;

/**
 * @param {URL} script @param {object} shared what every worker gets first @param {object[]} jobs
 * @param {(job: number, progress: number) => void} progressed from 0 to 1
 * @param {AbortSignal} signal @returns {Promise<object[]>} their results, in the order of the jobs
 */
export async function runAll(script, shared, jobs, progressed, signal) {
  const workers = Array.from({ length: Math.min(MOST, jobs.length) }, () => new Worker(script, { type: "module" }));
  const results = new Array(jobs.length);
  let next = 0;
  const end = () => workers.forEach((worker) => worker.terminate());
  try {
    await Promise.race([aborted(signal), Promise.all(workers.map(async (worker) => {
      worker.postMessage({ shared });
      while (next < jobs.length) {
        const at = next++;
        results[at] = await runOne(worker, jobs[at], (progress) => progressed(at, progress));
        progressed(at, 1);
      }
    }))]);
  } finally {
    end();
  }
  return results;
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
