// What is fetched only when it is needed. Always: where the network does not give it, that is said in words.

/** @template T @param {string} what needs it @param {() => Promise<T>} get fetches or imports @returns {Promise<T>} */
export async function overNetwork(what, get) {
  try {
    return await get();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Error(`${what} needs the network, and is not kept on this machine yet: try again where there is one.`, { cause: error });
  }
}
