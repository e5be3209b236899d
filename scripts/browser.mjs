// Chromium or Chrome, with its driver. CHROME_PATH and CHROMEDRIVER win; then what is on PATH or in
// the usual places; then Debian's packages. Firefox is used where it is, and never installed.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { available, install } from "./apt.mjs";
import { SetupError } from "./progress.mjs";

const chromes = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const elsewhere = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

export function findChrome(env = process.env) {
  return env.CHROME_PATH || find(chromes, env.PATH) || elsewhere.find(isExecutable) || null;
}

export function findFirefox(env = process.env) {
  return find(["firefox", "firefox-esr"], env.PATH) ?? ["/Applications/Firefox.app/Contents/MacOS/firefox"].find(isExecutable) ?? null;
}

function findDriver(env) {
  // CHROMEWEBDRIVER is a folder: GitHub's runners set it.
  return env.CHROMEDRIVER || find(["chromedriver"], `${env.CHROMEWEBDRIVER ?? ""}${delimiter}${env.PATH}`);
}

/** The paths of both. The driver may be null beside a Chrome that is not Debian's: wasm-pack then
 *  fetches the one that matches. */
export async function ensureBrowser(env = process.env) {
  const found = () => ({ chrome: findChrome(env), driver: findDriver(env) });
  const { chrome, driver } = found();
  const complete = chrome && (driver || !chrome.startsWith("/usr/bin/chromium"));
  if (complete) return { chrome, driver };
  const missing = `${chrome ? "The driver of Chromium" : "Chromium"} is missing`;
  if (available()) await install(missing, ["chromium", "chromium-driver"]);
  else throw new SetupError(`${missing}: as root, run \`apt-get install chromium chromium-driver\`, `
    + "or install Chrome and set CHROME_PATH and CHROMEDRIVER to the two programs.");
  return found();
}

function find(names, path = "") {
  const paths = names.flatMap((name) => path.split(delimiter).filter(Boolean).map((dir) => join(dir, name)));
  return paths.find(isExecutable) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
