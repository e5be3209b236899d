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

/** Imports a module of the page's own. Browsers may remember until the page is loaded anew that an address gave none, so
 *  that each further attempt has an address of its own.
 *  @param {string} path in the page's folder @returns {() => Promise<object>} to be called until it is there */
export function importer(path) {
  let failed = 0;
  return async () => {
    const url = new URL(failed > 0 ? `${path}?again=${failed}` : path, document.baseURI);
    try {
      return await import(url.href);
    } catch (error) {
      failed++;
      throw error;
    }
  };
}
