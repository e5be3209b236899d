// Files dropped anywhere on the page. Always: the page is marked while one is held over it; of several none is
// opened, since nobody knows which was meant; what is not a file is left to the browser.

/** @param {(file: File) => void} open @param {(many: number) => void} several files were dropped at once */
export function acceptDrops(open, several) {
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
    const { files } = event.dataTransfer;
    if (files.length > 1) several(files.length);
    else if (files.length === 1) open(files[0]);
  });
}
