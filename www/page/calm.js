// For readers who asked for less motion. Always: they see the same things, in fewer pictures.
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const INTERVAL = 500;

/** Whether the reader asked for it. */
export const isCalm = () => stillness.matches;

/** Milliseconds between two pictures of what moves, at least; 0: as often as the screen shows one. */
export const calmInterval = () => (isCalm() ? INTERVAL : 0);
