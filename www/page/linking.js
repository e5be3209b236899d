// Following a link, and the address of each view. Always: a link that leads nowhere is refused in words, and nothing
// changes; going back to an address that was left shows what was left there.
import { readHash, VIEWS } from "./link.js";
import { Complaint, plural, quote, refusal } from "./words.js";

export class Links {
  #page;
  #say;
  /** The address at which each view is. */
  #addresses = { ...VIEWS };
  /** What was done by hand before an address led elsewhere. */
  #left = null;

  /**
   * @param {{session: import("../manager/session.js").Session, stepper: object, laboratory: object, tabs: object,
   *   findRecording: (target: object) => Promise<() => Promise<void>>}} page
   * @param {(text: string, done?: boolean) => void} say
   */
  constructor(page, say) {
    this.#page = page;
    this.#say = say;
    addEventListener("hashchange", () => this.follow());
  }

  /** Goes where the address says. */
  async follow() {
    const { hash } = location;
    try {
      const target = await readHash(hash);
      if (!target) throw new Complaint(`This link was not understood: ${quote(hash, 30)} leads nowhere on this page.`);
      const go = await this.#find(target);
      // Somebody may have gone elsewhere meanwhile.
      if (location.hash === hash) await this.#arrive(target, go);
    } catch (error) {
      this.#say(refusal(error), false);
    }
  }

  /** Another view is shown. @param {string} view */
  turned(view) {
    const hash = this.#addresses[view];
    if (hash !== location.hash) history.pushState(null, "", hash || `${location.pathname}${location.search}`);
  }

  /** What the view shows is at this address from now on. @param {string} hash */
  placed(hash) {
    this.#addresses[this.#page.tabs.shown] = hash;
  }

  /** Finds where a link leads, before anything is changed for it. @returns {Promise<() => unknown>} goes there
   *  @throws where that is nowhere */
  async #find(target) {
    const { laboratory, stepper } = this.#page;
    switch (target.kind) {
      case "view": return () => target.view === "bench" && this.#comeBack();
      case "laboratory": return laboratory.find(target);
      case "scenario": return stepper.find(target.name, target.step);
      case "recording": return this.#page.findRecording(target);
      case "state": return () => this.#restore(target);
    }
  }

  async #arrive(target, go) {
    const view = target.view ?? (target.kind === "laboratory" ? "laboratory" : "bench");
    const from = this.#addresses[view];
    this.#addresses[view] = location.hash;
    this.#page.tabs.show(view);
    if (from === location.hash) return;
    if (from === VIEWS.bench) this.#left = this.#here();
    try {
      await go();
    } catch (error) {
      this.#addresses[view] = from;
      throw error;
    }
  }

  #here() {
    const { history: done } = this.#page.session;
    return { at: done.position, entry: done.at(done.position) };
  }

  // Unless the history has been begun anew since.
  #comeBack() {
    const { session } = this.#page;
    const left = this.#left;
    this.#left = null;
    if (!left || session.history.at(left.at) !== left.entry) return;
    session.goTo(left.at);
    this.#say("Back in the playground, as you left it.");
  }

  #restore(target) {
    const { steps, renew } = target;
    this.#page.session.restore(target);
    this.#say(`Restored from the link: ${plural(steps.length, "operation")} on ${plural(renew.capacity, "unit")} under ${renew.placement}.`);
  }
}
