// What is fetched only when it is needed. Always: where the network does not give it, that is said in words.
import { Complaint } from "./words.js";

/** @template T @param {string} what needs it, as a sentence begins @param {() => Promise<T>} get fetches or imports @returns {Promise<T>} */
export async function overNetwork(what, get) {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Complaint(`${what} needs the network and is not stored on this machine yet. Try again when you are online.`, { cause: error });
  }
}
