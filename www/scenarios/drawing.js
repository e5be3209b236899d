// How far a scenario is, on the page. Always: the list marks the step that was done last, and its note says what it
// shows; blocks are named as the picture names them.
import { element } from "../page/element.js";
import { enable, show } from "../page/focus.js";
import { hashOfScenario } from "../page/link.js";

/** Shows a scenario of which nothing is done yet. @param {typeof import("./scenarios.js").SCENARIOS[number]} scenario
 *  @param {typeof scenario} [following] the one to go on with after its end */
export function begin({ root, heading, list, following: link }, { name, steps }, following) {
  root.hidden = false;
  heading.textContent = name;
  list.replaceChildren(...steps.map(({ refused }) => element("li", refused ? { "data-refused": "" } : {})));
  link.hidden = !following;
  if (following) Object.assign(link, { href: hashOfScenario({ name: following.slug }), textContent: `Next example: ${following.name}` });
}

/** Shows how far a scenario is. @param {Record<string, HTMLElement>} parts @param {import("./walk.js").Walk} walk
 *  @param {string} [aside] what goes before the note */
export function drawWalk(parts, walk, aside = "") {
  parts.note.textContent = aside + walk.numbered(walk.current.note);
  markList(parts.list, walk);
  allow(parts, walk);
  const { end, hasWorkers } = walk.scenario;
  show(parts.onward, walk.ended, parts.next);
  parts.end.textContent = walk.ended ? walk.numbered(end) : "";
  parts.workers.hidden = !hasWorkers;
}

function markList(list, walk) {
  Array.from(list.children).forEach((item, at) => {
    const id = walk.idAt(at);
    const { line } = walk.scenario.steps[at];
    // The picture knows blocks by their IDs.
    item.textContent = id === undefined ? line : `${line} → #${id}`;
    item.className = at < walk.place ? "past" : "";
    if (at === walk.place - 1) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  });
}

// After the last step the focus stays where it is: whoever presses once too often should not go back, nor start again.
function allow({ next, all, back }, walk) {
  next.setAttribute("aria-disabled", String(walk.ended));
  enable([[next, true], [all, !walk.ended], [back, walk.place > 1]]);
}
