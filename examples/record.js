// Which placement suits your own program? Record what it asks of a manager, and compare all of them on the
// recording: with `smallestCapacity` and `replay` of `twingate-memory/trace`, or in the page's laboratory, which opens
// it as a file. Copy this file into a project of yours.
//
// What always holds: blocks that lived before are the first operations. The recording is text in the form of Android's
// memory_replay, which knows alignments; a unit counts as a byte. What was refused is not in it: record with a capacity
// that serves all.

/** Records what this manager is asked, from now on.
 *  @param {import("twingate-memory").MemoryManager} memory
 *  @returns {{text: () => string, stop: () => void}} the recording so far, and an end to it */
export function record(memory) {
  const lines = [];
  const pointer = (id) => `0x${id.toString(16)}`;
  const allocated = (id, size, options) => lines.push(`1: memalign ${pointer(id)} ${options?.align ?? 1} ${size}`);
  const freed = (id) => lines.push(`1: free ${pointer(id)}`);
  // What is called with what is asked, and gives what to call with the answer.
  const calls = {
    alloc: (size, options) => (id) => allocated(id, size, options),
    tryAlloc: (size, options) => (id) => id !== undefined && allocated(id, size, options),
    resize: (id, size) => () => lines.push(`1: realloc ${pointer(id)} ${pointer(id)} ${size}`),
    free: (id) => () => freed(id),
    clear: () => ((ids) => () => ids.forEach(freed))(memory.ids()),
  };
  for (const id of memory.ids()) allocated(id, memory.size(id));
  for (const [name, asked] of Object.entries(calls)) {
    const call = memory[name];
    memory[name] = (...given) => {
      const answered = asked(...given);
      const answer = call.apply(memory, given);
      answered(answer);
      return answer;
    };
  }
  const stop = () => Object.keys(calls).forEach((name) => delete memory[name]);
  return { text: () => `${lines.join("\n")}\n`, stop };
}
