// Compiling a WebAssembly module from whatever `init` may be given.
//
// What always holds: nothing is instantiated here, so that whoever waits for a module can still
// find that another one was faster.

import { errorFrom, shortened, wrongKind, wrongValue } from "./errors.js";

/** Compiles a module from a URL, a response or a promise of one, or bytes; takes a compiled one as it is. Without a
 *  source it comes from the address where the package has it. */
export async function compile(source, address) {
  let found = await (source ?? located(address));
  if (globalThis.process && isFile(found)) found = fromDisk(new URL(found));
  if (isAddress(found)) found = await fetch(absolute(found));
  if (found instanceof WebAssembly.Module) return found;
  if (!isResponse(found)) return WebAssembly.compile(bytesIn(found));
  if (!found.ok) throw missing(found.url, `status ${found.status}`);
  // Streaming demands the type, which not every server names.
  const streams = found.headers.get("Content-Type") === "application/wasm" && WebAssembly.compileStreaming;
  return streams ? WebAssembly.compileStreaming(found) : WebAssembly.compile(sent(await found.arrayBuffer(), found));
}

/** The bytes of a module, which begin with a zero, and not the page that many servers send where they do not have
 *  the file. */
export function sent(bytes, { url }) {
  if (new Uint8Array(bytes)[0] === 0) return bytes;
  throw missing(url, "the server sent something else");
}

/** The address where the package has a module. A bundler may have left none. */
export function located(address) {
  try {
    return address();
  } catch ({ message }) {
    throw missing("its place in the package", message);
  }
}

/** Compiles bytes at once, or takes a compiled module as it is. */
export function compileAtOnce(source) {
  return source instanceof WebAssembly.Module ? source : new WebAssembly.Module(bytesIn(source));
}

/** What every engine takes: V8 takes no DataView, nor does any a shared buffer. */
function bytesIn(source) {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice();
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(source))) return new Uint8Array(source).slice();
  throw wrongKind("the source of the module", source, "an address, a response, bytes or a WebAssembly.Module");
}

/** The bytes of a file in Node, whose fetch reads no files. There is no import that a bundler would follow. */
export function fromDisk(url) {
  try {
    return globalThis.process.getBuiltinModule("node:fs").readFileSync(url);
  } catch (error) {
    throw error.code === "ENOENT" ? missing(url, error.code) : error;
  }
}

/** The error where there is no module. */
export function missing(where, why) {
  const message = `the module was not found at ${where} (${why}): where a bundler does not ship it, call the init of `
    + "its entry with its address or its bytes; the README says how";
  return errorFrom({ name: "Error", code: "ERR_MODULE_MISSING", message });
}

/** An address that can be fetched: outside of pages and workers it has to be absolute. */
function absolute(address) {
  if (typeof address !== "string" || globalThis.location) return address;
  try {
    return new URL(address);
  } catch {
    throw wrongValue(`"${shortened(address)}" is not a URL, and here it is relative to nothing: give `
      + "an absolute one, or the bytes of the module");
  }
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
