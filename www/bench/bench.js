// The bench: one manager, worked on by hand or by a recording. Always: every part draws what the session's manager says
// and acts through the session; nothing is drawn of a bench that is not shown; before a part asks the manager about
// what it drew, it catches up, since that may be gone by then; where there is no memory to tell what the manager holds,
// that is said, and what was drawn before cannot be asked.
import { assemble } from "./parts.js";
import { calmInterval } from "../page/calm.js";
import { refresher } from "../page/refresh.js";
import { bringIntoSight } from "../page/sight.js";
import { theme } from "../page/theme.js";
import { reasonOf } from "../page/words.js";
import { palette } from "../picture/palette.js";
import { Reader } from "../picture/reader.js";
import { drawTwin } from "../picture/twin.js";

/** What the controls ask for; the other actions are asked for in the list of blocks, which has to stay in sight. */
const SEEN = ["renew", "replay", "alloc", "defragment", "clear"];
/** While operations run, a drawing rests so many times as long as it took: what takes long to draw should not keep them
 *  waiting for long. */
const REST = 3;
const $ = (id) => document.getElementById(id);

export class Bench {
  #session;
  #shown;
  #say;
  #parts;
  #colours = palette(theme());
  /** What was drawn last. */
  #drawn = { manager: null, state: null };
  /** Whether the picture is to be brought into sight: once it is drawn, since only then it is known how large it is. */
  #sought = false;
  #refresh = refresher(() => this.#draw(), (took) => (this.#moving ? Math.max(calmInterval(), REST * took) : 0));

  /** @param {import("../manager/session.js").Session} session @param {() => boolean} shown
   *  @param {import("../page/status.js").Say} say */
  constructor(session, shown, say) {
    this.#session = session;
    this.#shown = shown;
    this.#say = say;
    this.#parts = assemble(session, {
      colours: () => this.#colours,
      changed: () => this.redraw(),
      opened: () => this.#showStage(),
      catchUp: () => this.#catchUp(),
    }, say);
    this.#follow();
    this.#listen();
  }

  get player() {
    return this.#parts.player;
  }

  get stepper() {
    return this.#parts.stepper;
  }

  /** Opens recordings. */
  get opener() {
    return this.#parts.opener;
  }

  /** Saves and opens states. */
  get states() {
    return this.#parts.states;
  }

  /** Draws soon, or at once. */
  redraw(atOnce = false) {
    if (atOnce) this.#refresh.now();
    else this.#refresh.soon();
  }

  /** Draws in the colours of the theme. */
  recolour(atOnce) {
    this.#colours = palette(theme());
    this.redraw(atOnce);
  }

  /** Opens a recording that was read already, under a placement. */
  play(recording, placement) {
    const { renewal } = this.#parts;
    renewal.choose({ ...renewal.chosen, placement });
    return this.opener.again(recording);
  }

  /** Finds the recording that a link leads to. @returns {Promise<() => Promise<void>>} opens it there, and
   *  throws where it does not open @throws where there is none */
  async find({ name, position, chosen }) {
    const open = await this.opener.find(name);
    return () => {
      this.#parts.renewal.choose(chosen);
      return open(position);
    };
  }

  // What moves is drawn often enough as long as its manager is the same.
  #catchUp() {
    const { manager, state } = this.#drawn;
    const current = this.#moving ? manager === this.#session.manager : state === this.#session.state;
    if (!current) this.redraw(true);
  }

  get #moving() {
    return this.#parts.player.running || this.#parts.defragmenting.running;
  }

  #follow() {
    const { renewal, player, stepper, defragmenting, undo, quiz, tell } = this.#parts;
    this.#session.addEventListener("outcome", ({ detail: { outcome } }) => tell(outcome.text, outcome.done));
    this.#session.addEventListener("acted", ({ detail: { action } }) => {
      // While steps run, people may look where they like.
      if (SEEN.includes(action.do) && !defragmenting.running) this.#showStage();
    });
    this.#session.addEventListener("change", () => {
      for (const part of [renewal, player, stepper, defragmenting, undo, quiz]) part.follow();
      this.redraw();
    });
  }

  #listen() {
    $("clear").addEventListener("click", () => this.#session.perform({ do: "clear" }));
    $("play-again").addEventListener("click", () => this.opener.again(this.player.opened.recording));
    $("twin").addEventListener("toggle", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe($("picture-frame"));
  }

  #showStage() {
    this.#sought = true;
    this.redraw();
  }

  #draw() {
    const sought = this.#sought;
    this.#sought = false;
    if (!this.#shown() || !this.#told()) return;
    const { picture, freeList, allocation, player, counters, quiz } = this.#parts;
    const { state, manager } = this.#session;
    this.#drawn = { manager, state };
    const reader = new Reader(manager, state);
    picture.draw(state.snapshot, reader, this.#colours, this.#session, quiz.guess, this.#moving);
    freeList.draw(state, manager, player.running);
    allocation.draw(player.running);
    this.#drawLegend(state);
    counters(state);
    player.draw(state);
    this.#drawBlocks(state);
    if ($("twin").open && !player.running) drawTwin(twinParts(), reader, manager);
    if (sought) bringIntoSight($("stage"), $("picture-frame"), $("status"));
  }

  // Whether the manager says what it holds. That it does not is said once, since more may be done meanwhile.
  #told() {
    const asked = [$("picture-frame"), $("rest")];
    const inert = (on) => asked.forEach((part) => { part.inert = on; });
    try {
      void this.#session.state;
      inert(false);
      return true;
    } catch (error) {
      if (!asked[0].inert) this.#say(`What was done is done, but this page cannot show it: ${reasonOf(error)}. The picture is from before. Undo, or make a smaller manager.`, false);
      inert(true);
      return false;
    }
  }

  #drawLegend({ snapshot, stats }) {
    const { history, owner, moved, touched } = this.#session;
    $("begin").hidden = history.last > 0 || owner !== null;
    $("legend-beyond").hidden = stats.internalFragmentation === 0;
    $("legend-moved").hidden = moved.length === 0;
    $("legend-touched").hidden = touched.length === 0;
    $("legend-pinned").hidden = !snapshot.blocks.some(({ pinned }) => pinned);
  }

  #drawBlocks({ snapshot, stats }) {
    const { player, list, chosen } = this.#parts;
    if (player.running) {
      list.rest(stats.blockCount);
      chosen.hide();
    } else {
      const { manager, beginning } = this.#session;
      list.draw(snapshot, (id) => manager.read(id), this.#colours, beginning);
      chosen.draw(snapshot.blocks);
    }
  }
}

function twinParts() {
  return { text: $("twin-text"), rows: $("twin-rows"), rest: $("twin-rest") };
}
