// Following a link, and the address of each view. Always: a link that leads nowhere is refused in words, and nothing
// changes; going back to an address that was left, or loading the page anew, shows what was left there, as far as it is
// known; a link that was not there before wins over anything that was; an address names what stands there, or nothing.
import { keep, recall, targetOf, workOf } from "./keeping.js";
import { readHash, VIEWS } from "./link.js";
import { Complaint, plural, quote, refusal } from "./words.js";

export class Links {
  #page;
  #say;
  #sayAtBench;
  /** The address at which each view is. */
  #addresses = { ...VIEWS };
  /** What stood at the bench when its address came to name it, and how many addresses are being followed. */
  #named = null;
  #going = 0;
  /** What was done by hand before an address led elsewhere. @type {{work: import("./keeping.js").Work, at?: number,
   *  entry?: object} | null} at, entry: where the history has it, if it was done since the page was loaded */
  #left = null;
  /** What a page shows on which nothing was done. */
  #fresh;

  /**
   * @param {{session: import("../manager/session.js").Session, stepper: object, player: object, laboratory: object,
   *   tabs: object, findRecording: (target: object) => Promise<() => Promise<void>>}} page
   * @param {import("./status.js").Say} say in the view that is shown @param {import("./status.js").Say} sayAtBench
   */
  constructor(page, say, sayAtBench) {
    this.#page = page;
    this.#say = say;
    this.#sayAtBench = sayAtBench;
    page.session.addEventListener("change", () => this.#leaveAddress());
    addEventListener("hashchange", () => this.follow());
    addEventListener("pagehide", () => this.#keep());
    // A tab in the background may be ended without another word.
    addEventListener("visibilitychange", () => document.hidden && this.#keep());
  }

  /** Begins where the page was left, or where a link leads that was not there before. */
  async begin() {
    this.#fresh = workOf(this.#page)?.text;
    const { hash } = location;
    const { works, bench } = recall();
    const elsewhere = viewOf(await readHash(hash).catch(() => null)) !== "bench";
    const known = hash === VIEWS.bench || wasHereBefore() ? hash : null;
    const at = elsewhere ? bench : known;
    if (at !== VIEWS.bench && works.has(VIEWS.bench)) this.#left = { work: works.get(VIEWS.bench) };
    const brought = works.has(at) && this.#bring(works.get(at), at);
    if (elsewhere || !(await brought)) await this.follow();
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
    if (hash !== location.hash) history.pushState(null, "", addressOf(hash));
  }

  /** What the view shows is at this address from now on. @param {string} hash */
  placed(hash) {
    const { tabs, session } = this.#page;
    this.#addresses[tabs.shown] = hash;
    if (tabs.shown === "bench") this.#named = session.beginning;
  }

  /** What the view shows is not what its address names any more. @param {string} view */
  leave(view) {
    this.#addresses[view] = VIEWS[view];
    if (this.#page.tabs.shown === view) this.turned(view);
  }

  // A new manager or another recording is not what the address names: loaded anew, the page would show something else.
  #leaveAddress() {
    const { session, stepper } = this.#page;
    const same = this.#addresses.bench === VIEWS.bench || stepper.isOpen || session.beginning === this.#named;
    if (same || this.#going > 0) return;
    this.#left = null;
    this.leave("bench");
  }

  /** Goes somewhere, which the bench's address names from then on. @param {() => unknown} go
   *  @returns {Promise<boolean>} whether it led there */
  async #goNamed(go) {
    this.#going++;
    try {
      const went = (await go()) !== false;
      if (went) this.#named = this.#page.session.beginning;
      return went;
    } finally {
      this.#going--;
    }
  }

  /** Finds where a link leads, before anything is changed for it. @returns {Promise<() => unknown>} goes there; false
   *  where that could not be opened, which is said @throws where that is nowhere */
  async #find(target, opening = "Restored from the link") {
    const { laboratory, stepper, session } = this.#page;
    switch (target.kind) {
      case "view": return () => (target.view === "bench" ? this.#comeBack() : undefined);
      case "laboratory": return laboratory.find(target);
      case "scenario": return stepper.find(target.name, target.step);
      case "recording": return this.#page.findRecording(target);
      case "state": return () => this.#restore(target, opening);
      case "saved": return () => {
        session.open(target.bytes, "what was kept", target.autoDefragment);
        this.#sayRestored(opening, session.manager.blockCount, "block");
      };
    }
  }

  async #arrive(target, go) {
    const view = viewOf(target);
    const { hash } = location;
    const [from, left] = [this.#addresses[view], this.#left];
    this.#addresses[view] = hash;
    this.#page.tabs.show(view);
    if (from === hash) return;
    if (from === VIEWS.bench) this.#left ??= this.#here();
    let went = false;
    try {
      went = await (view === "bench" ? this.#goNamed(go) : go());
    } finally {
      if (went === false) this.#stay(view, hash, from, left);
    }
  }

  // What did not open leaves the address, so that a link to it leads there once more, unless that was left already.
  #stay(view, hash, from, left = this.#left) {
    if (this.#addresses[view] !== hash) return;
    this.#addresses[view] = from;
    this.#left = left;
    if (this.#page.tabs.shown === view) history.replaceState(null, "", addressOf(from));
    this.#leaveAddress();
  }

  // A recording is opened again instead.
  #here() {
    const { session, player } = this.#page;
    const work = workOf(this.#page);
    if (player.place) return { work };
    session.settle();
    const { history: done } = session;
    return { work, at: done.position, entry: done.at(done.position) };
  }

  // Where the history has been begun anew since, it is done anew, too.
  async #comeBack() {
    const { session } = this.#page;
    const { work, at, entry } = this.#left ?? {};
    this.#left = null;
    if (entry && session.history.at(at) === entry) {
      session.goTo(at);
      this.#sayAtBench(at === 0 ? "Back in the playground." : "Back in the playground, as you left it.");
    } else if (work) {
      await this.#bring(work, VIEWS.bench);
    }
  }

  // Brings back what stood at an address. @returns {Promise<boolean>} whether that could be found
  async #bring(work, hash) {
    try {
      const go = await this.#find(await targetOf(work), "As you left it");
      this.#addresses.bench = hash;
      if (!(await this.#goNamed(go))) this.#stay("bench", hash, VIEWS.bench);
      return true;
    } catch {
      // A link at that address may still be followed.
      this.#addresses.bench = VIEWS.bench;
      return false;
    }
  }

  #keep() {
    const { bench } = this.#addresses;
    const done = [[VIEWS.bench, this.#left?.work], [bench, workOf(this.#page)]];
    keep(new Map(done.filter(([, work]) => work && work.text !== this.#fresh)), bench);
  }

  #restore({ steps, renew }, opening) {
    this.#page.session.restore({ steps, renew });
    this.#sayRestored(opening, steps.length, "operation");
  }

  #sayRestored(opening, number, what) {
    const { capacity, placement } = this.#page.session.manager;
    this.#sayAtBench(`${opening}: ${plural(number, what)} on ${plural(capacity, "unit")} under ${placement}.`);
  }
}

/** The view that a link leads to. @param {import("./link.js").Target | null} target */
const viewOf = (target) => target?.view ?? (target?.kind === "laboratory" ? "laboratory" : "bench");

const addressOf = (hash) => hash || `${location.pathname}${location.search}`;

/** Whether the page was loaded anew or come back to, and not opened by a link. */
function wasHereBefore() {
  const [way] = performance.getEntriesByType("navigation");
  return way?.type === "reload" || way?.type === "back_forward";
}
