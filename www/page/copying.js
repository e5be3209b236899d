// Copy link. Always: a link that was copied leads to the same state on any copy of the page.
import { hashOfLaboratory, hashOfRecording, hashOfScenario, hashOfState } from "./link.js";
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

async function hashNow({ stepper, player, session, laboratory }) {
  if (laboratory.shown) return hashOfLaboratory(laboratory.place);
  if (stepper.place) return hashOfScenario(stepper.place.name, stepper.place.step);
  const { opened } = player;
  const entry = opened?.recording.entry;
  if (entry) return hashOfRecording(entry.name, player.position, opened.chosen);
  if (opened) throw new Complaint("A link cannot hold a recording of your own, only one that comes with the page.");
  return hashOfState(session.history.current);
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
