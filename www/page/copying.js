// Copy link, and the code of a frame that shows what the link leads to. Always: what was copied leads to the same state
// on any copy of the page; and the link is in the address bar, whether the clipboard could be had or not.
import { hashOfLaboratory, hashOfPlace, hashOfState } from "./link.js";
import { Complaint, refusal } from "./words.js";

/** Shows the picture of an example and the steps beside it. */
const FRAME_HEIGHT = 640;

/**
 * @param {{links: HTMLButtonElement[], frame: HTMLButtonElement}} buttons links: one in each view
 * @param {{session: import("../manager/session.js").Session, stepper: object, player: object, laboratory: object}} page
 * @param {(hash: string) => void} copied what is shown now is at this address
 * @param {(text: string, done?: boolean) => void} say
 */
export function copying({ links, frame }, page, copied, say) {
  async function copy(textFor, done, instead) {
    try {
      const hash = await hashNow(page);
      history.replaceState(null, "", hash);
      copied(hash);
      say(await toClipboard(textFor(location.href)) ? done : instead);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  const copyLink = () => copy((link) => link, "Link copied. It restores this state.",
    "The link is in the address bar. It restores this state.");
  for (const button of links) button.addEventListener("click", copyLink);
  frame.addEventListener("click", () => copy(frameOf, "Code copied. In another page it shows this state in a frame.",
    "The clipboard cannot be had here. The link is in the address bar: put ?embed=1 before its # and show it in a frame."));
}

async function hashNow(page) {
  const { session, laboratory } = page;
  if (laboratory.shown) return hashOfLaboratory(laboratory.place);
  const place = hashOfPlace(page);
  if (place) return place;
  if (session.byHand) return hashOfState(session.history.current);
  throw new Complaint("A link cannot hold a recording of your own or one that was changed, only one as it comes with the page.");
}

/** @param {string} link @returns {string} HTML */
function frameOf(link) {
  const framed = new URL(link);
  framed.searchParams.set("embed", "1");
  // Of what has a meaning in an attribute, an address has only this.
  return `<iframe src="${framed.href.replaceAll("&", "&amp;")}" title="twingate-memory" width="100%" height="${FRAME_HEIGHT}" allow="clipboard-write"></iframe>`;
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
