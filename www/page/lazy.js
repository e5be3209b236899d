// The view of the workers, loaded with all that it needs when it is first shown. Always: one that could not be loaded
// is tried again when it is shown again.
import { importer, overNetwork } from "./network.js";
import { refusal } from "./words.js";

const $ = (id) => document.getElementById(id);
const importView = importer("workers/view.js");

/** @param {(text: string, done?: boolean) => void} say
 *  @returns {{turned: (shown: boolean) => void, redraw: () => void}} turned: to this view, or from it */
export function lazyWorkers(say) {
  let view = null;

  async function load() {
    // Found before anything is waited for: a view that is left meanwhile is not in the document.
    const parts = workersParts();
    try {
      const { workersView } = await overNetwork("This view", importView);
      return await workersView(parts, say);
    } catch (error) {
      say(refusal(error), false);
      return null;
    }
  }

  async function begin() {
    const mine = (view = load());
    if (!(await mine) && view === mine) view = null;
  }

  const ask = async (what) => (await view)?.[what]();

  return {
    turned(shown) {
      if (!shown) ask("leave");
      else if (view) ask("redraw");
      else begin();
    },
    redraw: () => ask("redraw"),
  };
}

function workersParts() {
  return {
    why: $("workers-why"), panel: $("workers-panel"), form: $("workers-form"), size: $("workers-size"),
    placement: $("workers-placement"), toggle: $("workers-toggle"), compacts: $("workers-compacts"),
    verdict: $("workers-verdict"), picture: $("workers-picture"), together: $("workers-together"),
    totals: $("workers-totals"), rows: $("workers-rows"),
  };
}
