// Copy link, following one, and the address of each view. Always: a link that was copied leads to the same
// state on any copy of the page; one that leads nowhere is refused in words, and nothing changes; going back to
// an address that was left shows what was left there.
import { hashOfLaboratory, hashOfRecording, hashOfScenario, hashOfState, readHash, VIEWS } from "./link.js";
import { Complaint, plural, quote, refusal } from "./words.js";

/**
 * @param {HTMLButtonElement[]} buttons one in each view
 * @param {{session: import("../manager/session.js").Session, stepper: object, player: object,
 *   laboratory: object, tabs: object, findRecording: (target: object) => Promise<() => Promise<void>>}} page
 * @param {(text: string, done?: boolean) => void} say
 * @returns {{follow: () => Promise<void>, turned: (view: string) => void}} follow: goes where the address says;
 *   turned: another view is shown
 */
export function linking(buttons, page, say) {
  const { tabs } = page;
  /** The address at which each view is. */
  const addresses = { ...VIEWS };
  /** What was done by hand before an address led elsewhere. */
  let left = null;

  async function hashNow() {
    const { stepper, player, session, laboratory } = page;
    if (laboratory.shown) return hashOfLaboratory(laboratory.place);
    if (stepper.place) return hashOfScenario(stepper.place.name, stepper.place.step);
    const { opened } = player;
    const entry = opened?.recording.entry;
    if (entry) return hashOfRecording(entry.name, player.position, opened.chosen);
    if (opened) throw new Complaint("A link cannot hold a recording of your own, only one that comes with the page.");
    return hashOfState(session.history.current);
  }

  async function copy() {
    try {
      const hash = await hashNow();
      history.replaceState(null, "", hash);
      addresses[tabs.shown] = hash;
      const copied = await toClipboard(location.href);
      say(`${copied ? "Link copied." : "The link is in the address bar."} It restores this state.`);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  async function follow() {
    const { hash } = location;
    try {
      const target = await readHash(hash);
      if (!target) throw new Complaint(`This link was not understood: ${quote(hash, 30)} leads nowhere on this page.`);
      const go = await find(target);
      // Somebody may have gone elsewhere meanwhile.
      if (location.hash === hash) await arrive(target, go);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  async function arrive(target, go) {
    const view = target.view ?? (target.kind === "laboratory" ? "laboratory" : "bench");
    const from = addresses[view];
    addresses[view] = location.hash;
    tabs.show(view);
    if (from === location.hash) return;
    if (from === VIEWS.bench) left = here();
    try {
      await go();
    } catch (error) {
      addresses[view] = from;
      throw error;
    }
  }

  function here() {
    const { history: done } = page.session;
    return { at: done.position, entry: done.at(done.position) };
  }

  // Unless the history has been begun anew since.
  function comeBack() {
    const { session } = page;
    if (left && session.history.at(left.at) === left.entry) {
      session.goTo(left.at);
      say("Back in the playground, as you left it.");
    }
    left = null;
  }

  /** Finds where a link leads, before anything is changed for it. @returns {Promise<() => unknown>} goes there
   *  @throws where that is nowhere */
  async function find(target) {
    switch (target.kind) {
      case "view": return () => target.view === "bench" && comeBack();
      case "laboratory": return page.laboratory.find(target);
      case "scenario": return page.stepper.find(target.name, target.step);
      case "recording": return page.findRecording(target);
      case "state": return () => restore(target);
    }
  }

  function restore(target) {
    page.session.restore(target);
    say(`Restored from the link: ${plural(target.steps.length, "operation")} on ${plural(target.renew.capacity, "unit")} under ${target.renew.placement}.`);
  }

  function turned(view) {
    const hash = addresses[view];
    if (hash !== location.hash) history.pushState(null, "", hash || `${location.pathname}${location.search}`);
  }

  for (const button of buttons) button.addEventListener("click", copy);
  addEventListener("hashchange", follow);
  return { follow, turned };
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
