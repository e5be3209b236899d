// What the browser keeps for the page. Always: where it keeps nothing, or nothing so large, only that is lost.

/** A place of the page's in it. @param {"localStorage" | "sessionStorage"} kind the latter: for as long as the tab is open
 *  @param {string} name @returns {{keep: (text: string | null) => void, recall: () => string | null}} keep: in the place of
 *   what was kept before; null for nothing */
export function storage(kind, name) {
  const key = `twingate-memory ${name}`;
  return {
    keep: (text) => attempt(() => {
      window[kind].removeItem(key);
      if (text !== null) window[kind].setItem(key, text);
    }),
    recall: () => attempt(() => window[kind].getItem(key)) ?? null,
  };
}

// It may be forbidden or full.
function attempt(use) {
  try {
    return use();
  } catch {
    return undefined;
  }
}
