// The browsers. Chromium or Chrome, with its driver: CHROME_PATH and CHROMEDRIVER win; then what is on
// PATH or in the usual places; then Debian's packages. Chromium's headless shell and Firefox (FIREFOX_PATH) the
// same way, but nothing fails without them.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { available, install } from "./apt.mjs";
import { SetupError, say } from "./progress.mjs";

const chromes = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const chromesElsewhere = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

export function findChrome(env = process.env) {
  return env.CHROME_PATH || find(chromes, env.PATH) || chromesElsewhere.find(isExecutable) || null;
}

/** What a page is tested in: the headless shell, which takes half of the time, or else Chromium. */
export function findHeadless(env = process.env) {
  return env.CHROME_PATH || find(["chromium-headless-shell", "chrome-headless-shell"], env.PATH) || findChrome(env);
}

export function findFirefox(env = process.env) {
  const elsewhere = ["/Applications/Firefox.app/Contents/MacOS/firefox"];
  return env.FIREFOX_PATH || find(["firefox", "firefox-esr"], env.PATH) || elsewhere.find(isExecutable) || null;
}

function findDriver(env) {
  // CHROMEWEBDRIVER is a folder: GitHub's runners set it.
  return env.CHROMEDRIVER || find(["chromedriver"], `${env.CHROMEWEBDRIVER ?? ""}${delimiter}${env.PATH}`);
}

/** The paths of Chromium, its driver and what pages are tested in. The driver may be null beside a Chrome that is
 *  not Debian's: wasm-pack then fetches the one that matches. */
export async function ensureBrowser(env = process.env) {
  const found = () => ({ chrome: findChrome(env), driver: findDriver(env), headless: findHeadless(env) });
  const { chrome, driver } = found();
  const complete = chrome && (driver || !chrome.startsWith("/usr/bin/chromium"));
  if (complete) return found();
  const missing = `${chrome ? "The driver of Chromium" : "Chromium"} is missing`;
  if (!available()) {
    throw new SetupError(`${missing}: as root, run \`apt-get install chromium chromium-driver\`, `
      + "or install Chrome and set CHROME_PATH and CHROMEDRIVER to the two programs.");
  }
  await install(missing, ["chromium", "chromium-driver"]);
  // Beside a Chromium that was there before it might need another version of it.
  if (!chrome) await tryInstall("The headless shell of Chromium is missing", ["chromium-headless-shell"]);
  return found();
}

/** The path of Firefox, or null where there is none and none can be had. */
export async function ensureFirefox(env = process.env) {
  if (findFirefox(env) === null && available()) await tryInstall("Firefox is missing", ["firefox-esr"]);
  return findFirefox(env);
}

async function tryInstall(missing, packages) {
  try {
    await install(missing, packages);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
  }
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
