// The views of the page: by hand, the laboratory, the workers. Always: one is in the document, the others are kept
// beside it as they were left, so that no name on the page means two things; focus in a view that leaves goes to the tab
// of the one that comes.

/** @param {HTMLElement[]} tabs each with aria-controls @param {(name: string) => void} changed */
export function views(tabs, changed) {
  const panels = new Map(tabs.map((tab) => [tab, document.getElementById(tab.getAttribute("aria-controls"))]));
  const [first] = panels.values();
  const home = first.parentElement;

  function show(chosen) {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      if (on) home.append(panels.get(tab));
      else panels.get(tab).remove();
      panels.get(tab).hidden = false;
    }
  }

  function choose(tab) {
    if (tab.getAttribute("aria-selected") === "true") return;
    const leaves = [...panels.values()].some((panel) => panel.contains(document.activeElement));
    show(tab);
    if (leaves) tab.focus();
    changed(tab.dataset.view);
  }

  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
      if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = tabs.at(to % tabs.length);
      choose(next);
      next.focus();
    });
  });

  show(tabs[0]);
  return {
    get shown() { return tabs.find((tab) => tab.getAttribute("aria-selected") === "true").dataset.view; },
    show: (name) => choose(tabs.find((tab) => tab.dataset.view === name)),
  };
}
