// Following a link, and the address of each view. Always: a link that leads nowhere, or to what does not open, is refused
// in words, and nothing changes but the address, so that loading the page anew tries again; going back to an address that
// was left, or loading the page anew, shows what was left there, as far as it is known; a link that was not there before
// wins over anything that was; any other address names what stands there, or nothing.
//
// The bench's address is the playground's own, or a link's:
//   the page is loaded         -> the one that it was left at; #left is what was kept of the own one, if that is another
//   own: a link opens          -> the link's; #left is what was done by hand, #named what the link began
//   own: an action             -> the same; nothing is #left, what had not come back is given up
//   a link's: another opens    -> that one's; #left stays, #named is what that one began
//   a link's: back to the own  -> own; what was #left is shown again, and nothing is #left
//   a link's: an action        -> the same
//   a link's: a new beginning  -> own; nothing is #left; but the same while a scenario is open, which may begin again
//   Copy link                  -> the copied one; #left stays, #named is what stands there
//   a link does not open       -> the same; only the address bar has the link, which is #unopened
// #unopened ends with the next address that is followed, and with what the bench does or begins: the bar has its address
// again. While an address is followed to the bench (#going), what the session does is the link's doing, and none of these.
import { keep, recall, targetOf, workOf } from "./keeping.js";
import { readHash, VIEWS } from "./link.js";
import { Complaint, plural, quote, refusal, wasAborted } from "./words.js";

/** How the words begin on what is brought back. */
const AS_LEFT = "As you left it";

export class Links {
  #page;
  #sayIn;
  /** The address at which each view is. */
  #addresses = { ...VIEWS };
  /** What stood at the bench when its address came to name it. */
  #named = null;
  /** How many addresses are being followed to the bench. */
  #going = 0;
  /** What was done by hand before an address led elsewhere. @type {{work: import("./keeping.js").Work, at?: number,
   *  entry?: object} | null} at, entry: where the history has it, if it was done since the page was loaded */
  #left = null;
  /** The address that did not open, and what stood at the bench then, as long as nothing is done there.
   *  @type {{hash: string, beginning: object} | null} */
  #unopened = null;
  /** What a page shows on which nothing was done. */
  #fresh;

  /**
   * @param {{session: import("../manager/session.js").Session, stepper: object, player: object, laboratory: object,
   *   tabs: object, findRecording: (target: object) => Promise<() => Promise<void>>}} page
   * @param {(view: string) => import("./status.js").Say} sayIn
   */
  constructor(page, sayIn) {
    this.#page = page;
    this.#sayIn = sayIn;
    page.session.addEventListener("change", () => this.#leaveAddress());
    page.session.addEventListener("acted", () => this.#goOn());
    addEventListener("hashchange", () => this.follow());
    addEventListener("click", ({ target }) => this.#followAgain(target.closest?.("a")));
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
    const stood = elsewhere ? undefined : works.get(bench);
    if (elsewhere || !(await brought)) await this.follow(() => stood && this.#bring(stood, bench));
  }

  /** Goes where the address says. @param {() => unknown} [instead] done where it does not lead there */
  async follow(instead) {
    const { hash } = location;
    let view;
    this.#unopened = null;
    try {
      const target = await readHash(hash);
      if (!target) throw new Complaint(`This link was not understood: ${quote(hash, 30)} leads nowhere on this page.`);
      const go = await this.#find(target);
      // Somebody may have gone elsewhere meanwhile.
      if (location.hash !== hash) return;
      view = viewOf(target);
      await this.#arrive(view, go);
    } catch (error) {
      await instead?.();
      if (location.hash === hash) this.#unopened = { hash, beginning: this.#page.session.beginning };
      // Of what was cancelled, or made way for something else, that was said.
      if (!wasAborted(error)) this.#sayIn(view ?? this.#page.tabs.shown)(refusal(error), false);
    }
  }

  // To the address that is there already, of which no "hashchange" tells.
  #followAgain(link) {
    if (this.#unopened && link?.href === location.href) this.follow();
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
    if (this.#going > 0) return;
    if (this.#unopened && this.#unopened.beginning !== session.beginning) this.#goOn();
    if (this.#addresses.bench === VIEWS.bench || stepper.isOpen || session.beginning === this.#named) return;
    this.#left = null;
    this.leave("bench");
  }

  // Whoever goes on with what stands at the bench has done with what did not open.
  #goOn() {
    if (this.#going > 0) return;
    if (this.#addresses.bench === VIEWS.bench) this.#left = null;
    if (this.#unopened && this.#page.tabs.shown === "bench") this.turned("bench");
    this.#unopened = null;
  }

  /** Goes somewhere, which the bench's address names from then on. @param {() => unknown} go */
  async #goNamed(go) {
    this.#going++;
    try {
      await go();
      this.#named = this.#page.session.beginning;
    } finally {
      this.#going--;
    }
  }

  /** Finds where a link leads, before anything is changed for it. @returns {Promise<() => unknown>} goes there;
   *  it throws where that does not open @throws where that is nowhere */
  async #find(target, opening = "Restored from the link") {
    const { laboratory, stepper, session } = this.#page;
    switch (target.kind) {
      case "view": return () => (target.view === "bench" ? this.#comeBack() : undefined);
      case "laboratory": return laboratory.find(target);
      case "scenario": return stepper.find(target.name, target.step);
      case "recording": return this.#page.findRecording(target);
      case "state": return () => this.#restore(target, opening);
      case "saved": return () => {
        session.open(target.bytes, "what was kept");
        this.#sayRestored(opening, session.manager.blockCount, "block");
      };
    }
  }

  async #arrive(view, go) {
    const { tabs } = this.#page;
    const { hash } = location;
    const from = this.#addresses[view];
    // Shown at this address, which names what stands there only when it is there.
    this.#addresses[view] = hash;
    tabs.show(view);
    this.#addresses[view] = from;
    if (from === hash) return;
    const left = from === VIEWS.bench ? this.#left ?? this.#here() : null;
    await (view === "bench" ? this.#goNamed(go) : go());
    if (left) this.#left = left;
    this.#addresses[view] = hash;
    if (tabs.shown === view) this.turned(view);
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
    if (entry && session.history.at(at) === entry) {
      session.goTo(at);
      this.#sayAtBench(at === 0 ? "Back in the playground." : "Back in the playground, as you left it.");
    } else if (work) {
      await (await this.#find(await targetOf(work), AS_LEFT))();
    }
    this.#left = null;
  }

  // Brings back what stood at an address. @returns {Promise<boolean>} whether it did
  async #bring(work, hash) {
    let target;
    try {
      target = await targetOf(work);
      const go = await this.#find(target, AS_LEFT);
      this.#addresses.bench = hash;
      await this.#goNamed(go);
      if (hash === VIEWS.bench) this.#left = null;
      return true;
    } catch (error) {
      this.#addresses.bench = VIEWS.bench;
      // What does not open now may do so later; what is damaged is let go of.
      if (target?.kind === "recording") {
        if (hash === VIEWS.bench) this.#left = { work };
        if (!wasAborted(error)) this.#sayAtBench(refusal(error), false);
      }
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

  get #sayAtBench() {
    return this.#sayIn("bench");
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
