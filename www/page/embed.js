// The page inside another: slides, a course. Always: `?embed=1` leaves out what a frame has no room for,
// and a link to the whole page stays.

/** @param {HTMLAnchorElement} link shown only in a frame */
export function embed(link) {
  const on = new URLSearchParams(location.search).get("embed") === "1";
  document.documentElement.toggleAttribute("data-embed", on);
  link.hidden = !on;
  link.addEventListener("click", () => {
    link.href = `${location.pathname}${location.hash}`;
  });
  return on;
}
