// Light or dark. Always: the system's choice until the reader makes one; the choice is kept on this
// machine where the browser allows it; paper is light.
import { storage } from "./storage.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const forced = matchMedia("(forced-colors: active)");
const root = document.documentElement;
const kept = storage("localStorage", "theme");

/** What is shown now. @returns {"light" | "dark" | "forced"} */
export function theme() {
  if (forced.matches) return "forced";
  return root.dataset.theme ?? (dark.matches ? "dark" : "light");
}

/** Wires the button and calls back after every change.
 *  @param {HTMLButtonElement} button @param {(atOnce: boolean) => void} changed atOnce: paper does not wait */
export function watchTheme(button, changed) {
  const chosen = kept.recall();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  const show = (atOnce = false) => {
    button.textContent = theme() === "dark" ? "Light colours" : "Dark colours";
    changed(atOnce);
  };
  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    kept.keep(root.dataset.theme);
    show();
  });
  for (const media of [dark, forced]) media.addEventListener("change", () => show());
  let onScreen;
  addEventListener("beforeprint", () => {
    onScreen = root.dataset.theme;
    root.dataset.theme = "light";
    show(true);
  });
  addEventListener("afterprint", () => {
    if (onScreen) root.dataset.theme = onScreen;
    else delete root.dataset.theme;
    show();
  });
  show();
}
