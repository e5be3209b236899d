// One of the workers, which stays for the next time. Always: what it is asked to do ends in one message,
// with its result or with the error's words; before, it says that it is attached.
import { SharedMemoryManager } from "../twingate-memory/threads/index.js";
import { hammer } from "./hammer.js";

addEventListener("message", async ({ data: { handle, work } }) => {
  try {
    const memory = await SharedMemoryManager.attach(handle);
    postMessage({ attached: true });
    try {
      postMessage({ result: hammer(memory, work) });
    } finally {
      memory.dispose();
    }
  } catch ({ message, code }) {
    postMessage({ error: { message, code } });
  }
});
