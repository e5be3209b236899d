// Copy link, and following one. Always: a link that was copied leads to the same state on any copy of the
// page; one that leads nowhere is refused in words, and nothing changes.
import { hashOfLaboratory, hashOfRecording, hashOfScenario, hashOfState, readHash } from "./link.js";
import { plural, refusal } from "./words.js";

/**
 * @param {HTMLButtonElement[]} buttons one in each view
 * @param {{session: import("../manager/session.js").Session, stepper: object, player: object,
 *   laboratory: object, tabs: object, openRecording: (target: object) => Promise<void>}} page
 * @param {(text: string, done?: boolean) => void} say
 * @returns {{follow: () => Promise<boolean>}} goes where the address says; whether it says anything
 */
export function linking(buttons, page, say) {
  async function hashNow() {
    const { stepper, player, session, laboratory } = page;
    if (laboratory.shown) return hashOfLaboratory(laboratory.place);
    if (stepper.place) return hashOfScenario(stepper.place.name, stepper.place.step);
    const { opened } = player;
    const entry = opened?.recording.entry;
    if (entry) return hashOfRecording(entry.name, player.position, opened.chosen);
    if (opened) throw new Error("a link cannot hold a recording of your own: only what the page ships has a name.");
    return hashOfState(session.history.current);
  }

  async function copy() {
    try {
      const hash = await hashNow();
      history.replaceState(null, "", hash);
      const copied = await toClipboard(location.href);
      say(`${copied ? "Copied a link" : "The address bar has the link"}: ${plural(hash.length, "character")} after the address restore this.`);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  async function follow() {
    if (location.hash.length <= 1) return false;
    try {
      const target = await readHash(location.hash);
      if (target) await goTo(target);
      return target !== null;
    } catch (error) {
      say(refusal(error), false);
      return true;
    }
  }

  async function goTo(target) {
    if (target.kind === "laboratory") return page.laboratory.goTo(target);
    if (target.kind === "workers") return page.tabs.show("workers");
    page.laboratory.leave();
    if (target.kind === "scenario") return page.stepper.open(target.name, target.step);
    if (target.kind === "recording") return page.openRecording(target);
    page.session.restore(target);
    say(`Restored from the link: ${plural(target.steps.length, "operation")} on ${plural(target.renew.capacity, "unit")} under ${target.renew.placement}.`);
  }

  for (const button of buttons) button.addEventListener("click", copy);
  addEventListener("hashchange", follow);
  return { follow };
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
