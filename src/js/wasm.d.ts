/** The WebAssembly module of an entry, as a bundler gives it: with a loader for files its address, with a loader
 *  for bytes its bytes. Either is for the entry's `init`. */
declare const module: string | Uint8Array<ArrayBuffer>;
export default module;
