// Copy link, following one, and the address of each view. Always: a link that was copied leads to the same
// state on any copy of the page; one that leads nowhere is refused in words, and nothing changes; the way back to
// an address that was left shows what was left there.
import { hashOfLaboratory, hashOfRecording, hashOfScenario, hashOfState, readHash, VIEWS } from "./link.js";
import { plural, refusal } from "./words.js";

/**
 * @param {HTMLButtonElement[]} buttons one in each view
 * @param {{session: import("../manager/session.js").Session, stepper: object, player: object,
 *   laboratory: object, tabs: object, openRecording: (target: object) => Promise<void>}} page
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
    if (opened) throw new Error("a link cannot hold a recording of your own: only what the page ships has a name.");
    return hashOfState(session.history.current);
  }

  async function copy() {
    try {
      const hash = await hashNow();
      history.replaceState(null, "", hash);
      addresses[tabs.shown] = hash;
      const copied = await toClipboard(location.href);
      say(`${copied ? "Copied a link" : "The address bar has the link"}: ${plural(hash.length, "character")} after the address restore this.`);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  async function follow() {
    try {
      const target = await readHash(location.hash);
      if (target) await arrive(target);
    } catch (error) {
      say(refusal(error), false);
    }
  }

  async function arrive(target) {
    const view = target.view ?? (target.kind === "laboratory" ? "laboratory" : "bench");
    const from = addresses[view];
    addresses[view] = location.hash;
    tabs.show(view);
    if (from === location.hash) return;
    if (from === VIEWS.bench) left = here();
    try {
      await goTo(target);
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
      say("By hand, as it was before.");
    }
    left = null;
  }

  async function goTo(target) {
    if (target.kind === "view") return target.view === "bench" && comeBack();
    if (target.kind === "laboratory") return page.laboratory.goTo(target);
    if (target.kind === "scenario") return page.stepper.open(target.name, target.step);
    if (target.kind === "recording") return page.openRecording(target);
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
