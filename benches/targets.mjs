// What the package promises of its speed, as ratios of one run. Each group states its own.
//
// What always holds: a target whose figures were not measured is neither met nor missed.

/** A `list` of targets, `{ text, value, met }`; `met` is null when it was not measured. */
export function targetList() {
  const list = [];
  const add = (text, value, met) => list.push({ text, value, met: Number.isFinite(value) ? met(value) : null });
  return { list, add };
}
