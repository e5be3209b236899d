// Whether a peer kept the data of a block.

/** Whether all of the bytes are the low byte of their number. */
export function filled(bytes) {
  const value = bytes.length & 255;
  for (let place = 0; place < bytes.length; place++) {
    if (bytes[place] !== value) return false;
  }
  return true;
}
