// How used and fragmented the buffer was, over the operations played so far. Always: at most a few
// hundred samples, evenly thinned, each taken from the manager's stats; a picture with its words.
import { percent } from "./words.js";

const WIDTH = 600;
const HEIGHT = 60;
const MOST = 400;
const LINES = [
  { name: "used", className: "used", read: (stats) => stats.usedUnits / stats.capacity },
  { name: "freed, below the tail", className: "freed", read: (stats, snapshot) => snapshot.freedFragmentedUnits / stats.capacity },
  { name: "external fragmentation", className: "fragmented", read: (stats) => stats.externalFragmentation },
];

export class History {
  #element;
  #length;
  #samples = [];
  #apart = 1;
  #lines = [];
  #labels = [];

  /** @param {HTMLElement} element @param {number} length operations in the recording */
  constructor(element, length) {
    this.#element = element;
    this.#length = length;
    this.#build();
  }

  /** @param {number} position operations played @param {{stats: object, snapshot: object}} state */
  add(position, { stats, snapshot }) {
    const last = this.#samples.at(-1);
    const shares = LINES.map(({ read }) => read(stats, snapshot));
    // Defragmenting, say, changes the state without moving on: the newest state is the one to show.
    if (last && position - last.position < this.#apart) last.shares = shares;
    else this.#samples.push({ position, shares });
    if (this.#samples.length > MOST) this.#thin();
    this.#draw(shares);
  }

  #thin() {
    this.#samples = this.#samples.filter((_, at) => at % 2 === 0);
    this.#apart = Math.max(this.#apart * 2, Math.ceil((2 * this.#length) / MOST));
  }

  #draw(shares) {
    LINES.forEach((line, at) => {
      const points = this.#samples.map(({ position, shares: s }) => `${((position / this.#length) * WIDTH).toFixed(1)},${(HEIGHT - s[at] * HEIGHT).toFixed(1)}`);
      this.#lines[at].setAttribute("points", points.join(" "));
      this.#labels[at].textContent = `${line.name} ${percent(shares[at])}`;
    });
  }

  #build() {
    const svg = svgElement("svg", { viewBox: `0 -1 ${WIDTH} ${HEIGHT + 2}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    const words = document.createElement("p");
    for (const { className } of LINES) {
      const line = svgElement("polyline", { class: className });
      const label = document.createElement("span");
      label.className = className;
      svg.append(line);
      words.append(label);
      this.#lines.push(line);
      this.#labels.push(label);
    }
    this.#element.replaceChildren(svg, words);
  }
}

function svgElement(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
