// Debian packages: installed only when nobody else provides what is needed, and never at the price
// of a package that is already there.
import { SetupError, ask, attempt, run, say } from "./progress.mjs";

let updated;

/** Installs packages, or throws a SetupError whose sentence begins with `missing`. */
export async function install(missing, packages) {
  const command = `apt-get install ${packages.join(" ")}`;
  const root = privilege();
  if (root === null) throw new SetupError(`${missing}: as root, run \`${command}\`.`);
  const apt = (title, ...args) => [title, ...invocation([...root, "apt-get", ...args])];
  // Package lists may be absent or years old, and the old version's file is then gone.
  updated ??= attempt(...apt("Update the package lists", "update"));
  await updated;
  try {
    await run(...apt(`Install ${packages.join(", ")}`,
      "install", "-y", "--no-install-recommends", "--no-remove", ...packages));
  } catch (error) {
    say(error.message);
    throw new SetupError(`${missing}, and \`${command}\` failed: see its output above.`);
  }
}

export function available() {
  return privilege() !== null;
}

/** The words to put before a command that needs root, or null where there is no way. */
function privilege() {
  if (ask("apt-get", ["--version"]) === null) return null;
  if (process.getuid?.() === 0) return [];
  return ask("sudo", ["-n", "true"]) === null ? null : ["sudo", "-n"];
}

function invocation([command, ...args]) {
  return [command, args, { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }];
}
