// The status line. Always: one sentence about the last thing that happened, as plain text.

/** @param {HTMLElement} line @returns {(text: string, done?: boolean) => void} */
export function statusLine(line) {
  return (text, done = true) => {
    line.textContent = text;
    line.dataset.tone = done ? "done" : "refused";
  };
}
