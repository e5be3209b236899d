// A recording's survey as two lines, with a mark at the operation shown. Always: the lines are drawn
// once and are the recording's; the words beside them are the manager's as it stands; a click goes to the operation
// there, as the slider does for the keyboard.
import { element } from "../page/element.js";
import { percent } from "../page/words.js";

const WIDTH = 600;
const HEIGHT = 60;
const LINES = [
  {
    name: "used",
    className: "used",
    of: (sample) => sample.used,
    now: (stats) => stats.usedUnits / stats.capacity,
  },
  {
    name: "external fragmentation",
    className: "fragmented",
    of: (sample) => sample.fragmented,
    now: (stats) => stats.externalFragmentation,
  },
];

/**
 * @param {HTMLElement} home @param {import("./survey.js").Sample[]} samples
 * @param {(position: number) => void} picked an operation was
 * @returns {(position: number, stats: object) => void} moves the mark
 */
export function chart(home, samples, picked) {
  const length = Math.max(1, samples.at(-1).position);
  const across = (position) => ((position / length) * WIDTH).toFixed(1);
  const viewBox = `-1 -1 ${WIDTH + 2} ${HEIGHT + 2}`;
  const svg = svgElement("svg", { viewBox, preserveAspectRatio: "none", "aria-hidden": "true" });
  for (const { className, of } of LINES) {
    const points = samples.map((sample) => `${across(sample.position)},${((1 - of(sample)) * HEIGHT).toFixed(1)}`);
    svg.append(svgElement("polyline", { class: className, points: points.join(" ") }));
  }
  svg.addEventListener("click", ({ clientX }) => {
    const { left, width } = svg.getBoundingClientRect();
    picked(Math.round(Math.min(Math.max((clientX - left) / width, 0), 1) * length));
  });
  const mark = svgElement("line", { y1: 0, y2: HEIGHT });
  svg.append(mark);
  const labels = LINES.map(({ className }) => element("span", { className }));
  home.replaceChildren(svg, element("p", {}, ...labels));

  return (position, stats) => {
    mark.setAttribute("x1", across(position));
    mark.setAttribute("x2", across(position));
    LINES.forEach(({ name, now }, at) => {
      labels[at].textContent = `${name} ${percent(now(stats))}`;
    });
  };
}

function svgElement(tag, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
