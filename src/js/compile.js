// Compiling a WebAssembly module from whatever `init` may be given.
//
// What always holds: nothing is instantiated here, so that whoever waits for a module can still
// find that another one was faster.

/** A compiled module, of a URL, a response or a promise of one, bytes, or itself. */
export async function compile(source) {
  let found = await source;
  if (globalThis.process && isFile(found)) found = fromDisk(new URL(found));
  if (isAddress(found)) found = await fetch(found);
  if (found instanceof WebAssembly.Module) return found;
  if (!isResponse(found)) return WebAssembly.compile(found);
  if (!found.ok) throw new Error(`the module is not at ${found.url}: status ${found.status}`);
  // Streaming demands the type, which not every server names.
  const streams = found.headers.get("Content-Type") === "application/wasm" && WebAssembly.compileStreaming;
  return streams ? WebAssembly.compileStreaming(found) : WebAssembly.compile(await found.arrayBuffer());
}

/** The bytes of a file. In Node, which fetches no files, and without an import that bundlers would follow. */
export function fromDisk(url) {
  return globalThis.process.getBuiltinModule("node:fs").readFileSync(url);
}

function isFile(source) {
  return isUrl(source) ? source.protocol === "file:" : typeof source === "string" && source.startsWith("file:");
}

function isAddress(source) {
  return typeof source === "string" || isUrl(source)
    || (typeof Request === "function" && source instanceof Request);
}

function isUrl(source) {
  return typeof URL === "function" && source instanceof URL;
}

function isResponse(source) {
  return typeof Response === "function" && source instanceof Response;
}
