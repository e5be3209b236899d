/** The WebAssembly module of an entry, as a bundler gives it: with a loader for files its address, with a loader
 *  for bytes its bytes. Either is for the entry's `init`, but an address has to be absolute in Node, where
 *  esbuild's loader for files gives a relative one: use its loader for bytes (`binary`) there. */
declare const module: string | Uint8Array<ArrayBuffer>;
export default module;
