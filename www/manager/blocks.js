// The list of blocks, newest first. Always: at most a page of rows exists, however many blocks there
// are; a row stays the same element while its block is shown, so focus and half-written text survive; where not
// all blocks are listed, it says so and how to list them.
import { Held } from "./held.js";
import { element } from "../page/element.js";
import { enable } from "../page/focus.js";
import { mark } from "../page/marking.js";
import { dress } from "../picture/palette.js";
import { isText } from "../page/values.js";
import { count, places, plural } from "../page/words.js";

const PAGE = 12;

export class BlockList {
  #parts;
  #actions;
  #rows = new Map();
  #page = 0;
  #last = null;
  #beginning = null;

  /**
   * @param {{list: HTMLElement, heading: HTMLElement, find: HTMLInputElement, newer: HTMLButtonElement,
   *   older: HTMLButtonElement, pages: HTMLElement, text: HTMLElement, all: HTMLButtonElement}} parts
   * @param {{write: (id: number, held: Held) => void, resize: (id: number, field: HTMLInputElement) => void,
   *   perform: (action: object) => object, catchUp: () => void}} actions catchUp: draws what is due, before blocks drawn
   *   are read
   */
  constructor(parts, actions) {
    this.#parts = parts;
    this.#actions = actions;
    parts.find.addEventListener("input", () => this.#turn(0));
    // Only then: it would be read out whenever a block comes or goes.
    parts.find.addEventListener("focus", () => parts.text.setAttribute("aria-live", "polite"));
    parts.find.addEventListener("blur", () => parts.text.removeAttribute("aria-live"));
    parts.newer.addEventListener("click", () => this.#turn(this.#page - 1));
    parts.older.addEventListener("click", () => this.#turn(this.#page + 1));
    parts.all.addEventListener("click", () => {
      this.#showAll();
      parts.find.focus();
    });
  }

  /** @param {object} snapshot @param {(id: number) => string | ArrayLike<unknown>} read
   *  @param {object} beginning of the manager: another has blocks of its own with the same IDs */
  draw(snapshot, read, colours, beginning) {
    this.#last = { snapshot, read, colours };
    if (this.#beginning !== beginning) this.#beginAnew(beginning);
    const found = this.#found(snapshot.blocks);
    this.#page = Math.min(this.#page, Math.max(0, Math.ceil(found.length / PAGE) - 1));
    const from = found.length - this.#page * PAGE;
    const shown = found.slice(Math.max(0, from - PAGE), from).reverse();
    this.#showRows(shown);
    this.#sayPage(snapshot.blocks.length, found.length, shown.length);
  }

  /** Instead of rows, while they would change faster than anybody reads. */
  rest(blocks) {
    this.#last = null;
    this.#showRows([]);
    this.#parts.pages.hidden = false;
    this.#parts.newer.hidden = this.#parts.older.hidden = this.#parts.all.hidden = true;
    this.#parts.text.textContent = `${plural(blocks, "block")}; the list waits until the recording pauses.`;
  }

  /** Turns to the block's row and focuses it; what is looked for stays, unless that leaves the block out. */
  show(id) {
    this.#actions.catchUp();
    if (!this.#last) return;
    const listed = () => this.#found(this.#last.snapshot.blocks);
    const isIt = (block) => block.id === id;
    if (!listed().some(isIt)) this.#showAll();
    const all = listed();
    this.#turn(Math.floor((all.length - 1 - all.findIndex(isIt)) / PAGE));
    this.#rows.get(id)?.text.focus();
  }

  #showAll() {
    this.#parts.find.value = "";
    this.#turn(0);
  }

  #beginAnew(beginning) {
    this.#beginning = beginning;
    this.#parts.find.value = "";
    this.#showRows([]);
  }

  #turn(page) {
    this.#actions.catchUp();
    this.#page = Math.max(0, page);
    if (this.#last) this.draw(this.#last.snapshot, this.#last.read, this.#last.colours, this.#beginning);
  }

  #found(blocks) {
    // The picture writes a # before an ID.
    const wanted = this.#parts.find.value.trim().replace(/^#\s*/, "");
    if (wanted === "") return blocks;
    const exact = blocks.filter((block) => String(block.id) === wanted);
    return exact.length ? exact : blocks.filter((block) => String(block.id).includes(wanted));
  }

  #showRows(blocks) {
    const wanted = new Set(blocks.map((block) => block.id));
    const orphan = this.#removeRows(wanted);
    blocks.forEach((block, at) => {
      if (!this.#rows.has(block.id)) this.#rows.set(block.id, this.#makeRow(block.id));
      const row = this.#rows.get(block.id);
      fillRow(row, block, this.#last.read, this.#last.colours);
      const there = this.#parts.list.children[at];
      if (there !== row.item) this.#parts.list.insertBefore(row.item, there ?? null);
    });
    if (orphan >= 0) this.#adoptFocus(orphan);
  }

  // Returns the index of the row that had the focus and is gone, or -1.
  #removeRows(wanted) {
    let orphan = -1;
    for (const [id, row] of this.#rows) {
      if (wanted.has(id)) continue;
      if (row.item.contains(document.activeElement)) orphan = Array.from(this.#parts.list.children).indexOf(row.item);
      row.item.remove();
      this.#rows.delete(id);
    }
    return orphan;
  }

  #adoptFocus(at) {
    const items = this.#parts.list.children;
    const next = items[Math.min(at, items.length - 1)];
    (next?.querySelector(".free") ?? this.#parts.heading).focus();
  }

  #sayPage(all, found, shown) {
    const { newer, older, pages, text, list, all: showAll } = this.#parts;
    const from = this.#page * PAGE;
    list.hidden = shown === 0;
    pages.hidden = false;
    newer.hidden = older.hidden = found <= PAGE;
    showAll.hidden = found === all;
    enable([[newer, this.#page > 0], [older, from + shown < found]]);
    text.textContent = pageText(all, found, from, shown);
  }

  #makeRow(id) {
    const press = (verb, properties) => element("button", { type: "button", "aria-label": `${verb} block ${id}`, ...properties }, verb);
    const label = (what, field) => element("label", { htmlFor: field.id, className: "unseen" }, `${what} of block ${id}`);
    const swatch = element("i", { className: "key", "aria-hidden": "true" });
    const facts = element("span", { className: "facts" });
    const text = element("input", { type: "text", id: `text-${id}`, autocomplete: "off", spellcheck: false });
    const size = element("input", { type: "text", id: `size-${id}`, inputMode: "numeric", autocomplete: "off", className: "size" });
    const [write, read, resize] = [press("Write", { type: "submit" }), press("Read"), press("Resize")];
    const [pin, free] = [element("button", { type: "button" }), press("Free", { className: "free" })];
    const sizing = element("span", { className: "line" }, label("Size", size), size, resize);
    const writing = [label(isText(this.#last.snapshot.unit) ? "Text" : "Values", text), text, write, read];
    const head = [swatch, element("strong", {}, `Block ${id}`), facts];
    const form = element("form", { className: "block", noValidate: true }, ...head, ...writing, sizing, pin, free);
    const item = element("li", {}, form);
    const row = { item, swatch, facts, text, held: new Held(text), size, pin, shownSize: null };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#actions.write(id, row.held);
    });
    read.addEventListener("click", () => {
      const { done, value } = this.#actions.perform({ do: "read", id });
      if (done) row.held.show(value);
    });
    const resized = () => this.#actions.resize(id, size);
    resize.addEventListener("click", resized);
    size.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      // The form would write the text instead.
      event.preventDefault();
      resized();
    });
    pin.addEventListener("click", () => this.#actions.perform({ do: pin.getAttribute("aria-pressed") === "true" ? "unpin" : "pin", id }));
    free.addEventListener("click", () => this.#actions.perform({ do: "free", id }));
    return row;
  }
}

function fillRow(row, block, read, colours) {
  dress(row.swatch, block.id, colours);
  const amount = `${plural(block.size, "unit")}, ${count(block.length)} written`;
  row.facts.textContent = `${amount}; ${places(block.extents, 3)}`;
  row.pin.textContent = block.pinned ? "Unpin" : "Pin";
  row.pin.setAttribute("aria-label", `${row.pin.textContent} block ${block.id}`);
  row.pin.setAttribute("aria-pressed", String(block.pinned));
  if (row.shownSize !== block.size) {
    row.size.value = row.shownSize = block.size;
    mark(row.size, true);
  }
  row.held.draw(block, read);
}

function pageText(all, found, from, shown) {
  if (all === 0) return "No block yet.";
  if (found === 0) return `None of ${plural(all, "block")} has such an ID.`;
  const of = found === all ? "" : ` of ${plural(all, "block")}`;
  if (shown === found) return `${of ? count(found) : plural(found, "block")}${of}, newest first`;
  return `${count(from + 1)} to ${count(from + shown)} of ${count(found)}${of && ` found${of}`}, newest first`;
}
