// The open question of a quiz, in whichever view. Always: there is at most one; the pictures that it is about have the
// focus as long as it is open; it ends with an answer, by being shown, or by being called off, of which nothing comes;
// while its view is not shown, no key reaches it.
import { lendFocus } from "./focus.js";
import { score } from "./score.js";

export class Question {
  #parts;
  #callbacks;
  #count;
  #about = null;
  #giveFocusBack = () => {};

  /**
   * @param {{on: HTMLInputElement, root: HTMLElement, question: HTMLElement, refused: HTMLButtonElement,
   *   show: HTMLButtonElement, off: HTMLButtonElement, score: HTMLElement}} parts on: whether questions are wanted
   * @param {{refused: () => void, show: () => void, calledOff: () => void, reveal: () => void}} callbacks refused: that
   *   is the answer; show: without one; reveal: brings the question into sight, and the pictures
   */
  constructor(parts, callbacks) {
    this.#parts = parts;
    this.#callbacks = callbacks;
    this.#count = score(parts.score);
    parts.refused.addEventListener("click", () => callbacks.refused());
    parts.show.addEventListener("click", () => callbacks.show());
    parts.off.addEventListener("click", () => this.#callOff());
    parts.on.addEventListener("change", () => this.wanted || this.#callOff());
    addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  get wanted() {
    return this.#parts.on.checked;
  }

  /** What the open question is about; null where none is open. */
  get about() {
    return this.#about;
  }

  /** @param {object} about @param {string} words @param {HTMLElement[]} pictures the first gets the focus */
  ask(about, words, pictures) {
    const { root, question } = this.#parts;
    this.close();
    this.#about = about;
    root.hidden = false;
    question.textContent = words;
    this.#giveFocusBack = lendFocus([...pictures, root]);
    this.#callbacks.reveal();
  }

  /** Ends it with an answer, which is counted. @param {boolean} hit whether it is right */
  judge(hit) {
    this.#count(hit);
    this.close();
  }

  /** Ends it without one. */
  close() {
    if (!this.#about) return;
    this.#about = null;
    this.#giveFocusBack();
    this.#parts.root.hidden = true;
  }

  #callOff() {
    if (!this.#about) return;
    this.close();
    this.#callbacks.calledOff();
  }

  #key(event) {
    if (!this.#about || !this.#parts.root.isConnected) return;
    if (event.key === "Escape") this.#callOff();
    // A key held down where the question came up is no answer to it.
    if (event.key === "Enter" && event.repeat) event.stopPropagation();
  }
}
