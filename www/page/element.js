// Elements, made of what is in them. Always: text is data, never markup.

/**
 * @param {string} tag @param {Record<string, unknown>} [properties] of the element; what has a dash in its name is an
 *   attribute @param {...(Node | string)} children @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** @typedef {Node | string | (Node | string)[]} Content of one cell */

/** A line of a table's head. @param {Content[]} contents */
export const headRow = (contents) => element("tr", {}, ...cells("th", { scope: "col" }, contents));

/** A line of a table's body. @param {Content} head what the line is about @param {Content[]} contents */
export const bodyRow = (head, contents) => element("tr", {}, ...cells("th", { scope: "row" }, [head]), ...cells("td", {}, contents));

const cells = (tag, properties, contents) => contents.map((content) => element(tag, properties, ...[content].flat()));

/** Adds names to a description list. @returns {HTMLElement[]} what their values go into */
export function nameValues(list, names) {
  const values = names.map(() => element("dd"));
  list.append(...names.map((name, at) => element("div", {}, element("dt", {}, name), values[at])));
  return values;
}
