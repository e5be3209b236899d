// Copy link. Always: a link that was copied leads to the same state on any copy of the page.
import { hashOfLaboratory, hashOfPlace, hashOfState } from "./link.js";
import { Complaint, refusal } from "./words.js";

/**
 * @param {HTMLButtonElement[]} buttons one in each view
 * @param {{session: import("../manager/session.js").Session, stepper: object, player: object, laboratory: object}} page
 * @param {(hash: string) => void} copied what is shown now is at this address
 * @param {(text: string, done?: boolean) => void} say
 */
export function copying(buttons, page, copied, say) {
  async function copy() {
    try {
      const hash = await hashNow(page);
      history.replaceState(null, "", hash);
      copied(hash);
      const opening = await toClipboard(location.href) ? "Link copied." : "The link is in the address bar.";
      say(`${opening} It restores this state.`);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  for (const button of buttons) button.addEventListener("click", copy);
}

async function hashNow(page) {
  const { session, laboratory } = page;
  if (laboratory.shown) return hashOfLaboratory(laboratory.place);
  const place = hashOfPlace(page);
  if (place) return place;
  if (session.byHand) return hashOfState(session.history.current);
  throw new Complaint("A link cannot hold a recording of your own or one that was changed, only one as it comes with the page.");
}

async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Forbidden, or an old browser: the address bar will do.
    return false;
  }
}
