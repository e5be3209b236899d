// Files for the reader. Always: they are made on this machine and go nowhere else.
import { element } from "./element.js";

/** @param {string} name @param {Blob} blob */
export function download(name, blob) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  // The download has begun by then, and needs the address no more.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
