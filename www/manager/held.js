// The field with what a block holds, to be written over. Always: it shows what is there, until somebody types; what
// somebody has begun to type stays until it is written or read over.
import { mark } from "../page/marking.js";
import { showValues } from "../page/values.js";
import { plural } from "../page/words.js";

/** As a field shows values: it has one line, without the breaks between lines. */
const inField = (values) => showValues(values).replace(/[\n\r]/g, "");

/** Longer texts are not put into the field; Read still says how they begin. */
const LONGEST_SHOWN = 2000;

export class Held {
  #shown = null;

  /** @param {HTMLInputElement} field */
  constructor(field) {
    /** Whose value is what somebody typed, or what is there. */
    this.field = field;
  }

  /** @param {{id: number, length: number}} block @param {(id: number) => string | ArrayLike<unknown>} read */
  draw({ id, length }, read) {
    const field = this.field;
    if (length > LONGEST_SHOWN) {
      field.placeholder = `${plural(length, "unit")} written, too long to show here`;
      if (field.value === this.#shown) this.show("");
      return;
    }
    field.placeholder = "empty";
    const value = inField(read(id));
    if (this.#shown === null || field.value === this.#shown) field.value = value;
    this.#shown = value;
  }

  /** Over whatever was typed. @param {string | ArrayLike<unknown>} values */
  show(values) {
    mark(this.field, true);
    this.field.value = this.#shown = values.length <= LONGEST_SHOWN ? inField(values) : "";
  }

  /** Forgets what was typed, and for which block. */
  forget() {
    mark(this.field, true);
    this.field.value = "";
    this.#shown = null;
  }
}
