// Figures and tables in Markdown.

/** `rows` of cells below the `titles`; the first column is of words, the others of numbers. */
export function table(titles, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = titles.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(titles), line(rule), ...rows.map(line)].join("\n");
}

/** What `text` says of a peer's figures; they are null when its run did not end. */
export function cell(figures, text) {
  if (figures === undefined) return "";
  return figures === null ? "not finished" : text(figures);
}

/** A number with about three digits. */
export function figure(number) {
  const digits = number < 10 ? 2 : number < 100 ? 1 : 0;
  return Number(number.toFixed(digits)).toLocaleString("en");
}
