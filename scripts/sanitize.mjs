// npm run sanitize: the stress tests of several workers under ThreadSanitizer, which sees every
// access to memory that nothing orders. It needs a std that is built with it, and a Rust that comes with it,
// as rustup's does and Debian's does not.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { stdSources } from "./environment.mjs";
import { target } from "./paths.mjs";
import { SetupError, ask, main, run } from "./progress.mjs";

await main(async () => {
  const env = await stdSources();
  const host = /^host: (.+)$/m.exec(ask("rustc", ["-vV"], { env }))[1];
  if (!/^(x86_64|aarch64)-(unknown-linux-gnu|apple-darwin)$/.test(host)) {
    throw new SetupError(`ThreadSanitizer is not for ${host}: use Linux or macOS.`);
  }
  const libraries = ask("rustc", ["--print", "target-libdir"], { env }).trim();
  if (!readdirSync(libraries).some((name) => /^librustc.*_rt\.tsan\./.test(name))) {
    throw new SetupError("This Rust comes without ThreadSanitizer: run `rustup component add rust-src` where there is internet.");
  }
  const flags = { CARGO_ENCODED_RUSTFLAGS: "-Zsanitizer=thread", TSAN_OPTIONS: "halt_on_error=1" };
  console.log(await run("Stress tests under ThreadSanitizer", "cargo", ["test", "--test", "threads",
    "-Zbuild-std", "--target", host, "--target-dir", join(target, "sanitize")], { env: { ...env, ...flags } }));
});
