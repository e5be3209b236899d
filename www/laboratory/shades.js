// The colours of the pictures side by side. Always: blocks are told apart by the hues of all pictures; what has an
// order, age, size or number of extents, goes along "cividis", which looks the same to people with any common kind of
// colour blindness; free units look as they do in the playground's picture.
import { HUES, mix } from "../picture/colours.js";

/** What blocks can be coloured by, and in words what the colours say: all of them, or the first and the last. */
export const COLOURINGS = [
  { name: "block", title: "block", from: "blocks: a colour tells one from its neighbours" },
  { name: "age", title: "age", from: "oldest", to: "newest" },
  { name: "size", title: "size", from: "1 unit", to: "1,048,576 and more, a step for each power of two" },
  { name: "extents", title: "extents", from: "1 extent", to: "12 and more" },
];

// Nuñez, Anderton and Renslow, Optimizing colormaps with consideration for color vision deficiency (2018).
const CIVIDIS = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"];
/** How many colours: sizes get one for each power of two, up to a million units. */
const STEPS = { age: 32, size: 21, extents: 12 };

const FREE = { light: "#f1eee6", dark: "#252c35", forced: "#f1eee6" };

/** The colours of a scale, from the first to the last. @param {string} colouring
 *  @param {"light" | "dark" | "forced"} theme the ends that would look like free units are left out
 *  @returns {string[]} */
export function scaleOf(colouring, theme) {
  if (colouring === "block") return HUES;
  const colours = theme === "dark" ? CIVIDIS.slice(3) : CIVIDIS;
  const steps = STEPS[colouring];
  return Array.from({ length: steps }, (_, at) => along(colours, at / (steps - 1)));
}

/** The colour of free units. @param {"light" | "dark" | "forced"} theme */
export const freeIn = (theme) => FREE[theme];

function along(colours, share) {
  const place = share * (colours.length - 1);
  const at = Math.min(Math.floor(place), colours.length - 2);
  return mix(colours[at], colours[at + 1], place - at);
}
