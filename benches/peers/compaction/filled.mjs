// Data of blocks, to see that it is still there afterwards: every byte is the low byte of the size.

const most = 4096;
const fillings = Array.from({ length: 256 }, (_, value) => new Uint8Array(most).fill(value));

/** The data of a block of so many bytes. */
export function filling(size) {
  return fillings[size & 255].subarray(0, size);
}

/** Whether all of the bytes are what they were. */
export function filled(bytes) {
  return Buffer.compare(bytes, filling(bytes.length)) === 0;
}
