// What can be done to a manager, as plain data. Always: an action that was done once is done again the
// same way on a manager that came about the same way, so that a list of actions is a history.

/**
 * @typedef {{do: "renew", capacity: number, placement: string, unit?: string, autoDefragment?: boolean}
 *   | {do: "replay", capacity: number, placement: string, autoDefragment?: boolean}
 *   | {do: "alloc", size: number, align?: number} | {do: "free", id: number}
 *   | {do: "write", id: number, data: string | number[] | bigint[]} | {do: "read", id: number}
 *   | {do: "resize", id: number, size: number} | {do: "pin", id: number} | {do: "unpin", id: number}
 *   | {do: "defragment", order?: string, maxMoves?: number, steps?: number} | {do: "clear"}} Action
 *   steps: how many, one after the other
 */

/** Carries an action out, all but "renew" and "replay", which make a manager.
 *  @param {object} manager @param {Action} action @returns {unknown} what the manager gives back */
export function apply(manager, action) {
  switch (action.do) {
    case "alloc": return manager.alloc(action.size, alignment(action.align));
    case "free": return manager.free(action.id);
    case "write": return manager.write(action.id, action.data);
    case "read": return manager.read(action.id);
    case "resize": return manager.resize(action.id, action.size);
    case "pin": return manager.pin(action.id);
    case "unpin": return manager.unpin(action.id);
    case "defragment": return defragment(manager, action);
    case "clear": return manager.clear();
  }
}

/** What a request is refused for that makes sense. */
const REFUSALS = ["ERR_OUT_OF_MEMORY", "ERR_FRAGMENTED"];

/** Whether a request was refused, and nothing else is the matter. @param {Error} error the manager's, or one with that as
 *  its cause */
export const isRefusal = ({ code, cause }) => REFUSALS.includes(code ?? cause?.code);

export const alignment = (align) => (align === undefined ? undefined : { align });

// What has no more to do makes no further steps, however many a link tells.
function defragment(manager, { order, maxMoves, steps = 1 }) {
  const options = { ...(order && { order }), ...(maxMoves !== undefined && { maxMoves }) };
  let report;
  for (let step = 0; step < steps && !report?.done; step++) report = manager.defragment(options);
  return report;
}

/** An action as a line of code. @param {Action} action */
export function lineOf(action) {
  switch (action.do) {
    case "renew": return `capacity ${action.capacity}, ${action.placement}`;
    case "alloc": return action.align === undefined ? `alloc(${action.size})` : `alloc(${action.size}, { align: ${action.align} })`;
    case "write": return `write(${action.id}, …)`;
    case "resize": return `resize(${action.id}, ${action.size})`;
    case "defragment": return `defragment(${orderOf(action)})${action.steps === undefined ? "" : `, ${action.steps} times`}`;
    case "clear": return "clear()";
    default: return `${action.do}(${action.id})`;
  }
}

function orderOf({ order, maxMoves }) {
  const given = [order && `order: "${order}"`, maxMoves !== undefined && `maxMoves: ${maxMoves}`].filter(Boolean);
  return given.length ? `{ ${given.join(", ")} }` : "";
}
