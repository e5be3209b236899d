// Files dropped anywhere on the page. Always: the page is marked while one is held over it; what is none is left
// to the browser.

/** @param {(file: File) => void} open */
export function acceptDrops(open) {
  const carriesFile = (event) => event.dataTransfer?.types.includes("Files");
  const mark = (on) => document.documentElement.classList.toggle("dropping", on);
  addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    mark(true);
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && mark(false));
  addEventListener("drop", (event) => {
    mark(false);
    if (!carriesFile(event)) return;
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
}
