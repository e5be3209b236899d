// Managers that are not in use yet. Always: one that is not finished is disposed of, since nobody would have it.

/** @template Result @param {object} manager @param {() => Result} finish @returns {Result} @throws what finish throws */
export function orDispose(manager, finish) {
  try {
    return finish();
  } catch (error) {
    manager.dispose();
    throw error;
  }
}
