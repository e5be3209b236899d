// Many blocks in one WebGPU buffer. Copy this file into a project of yours that has `twingate-memory`.
//
// What always holds: the manager keeps the books, and the buffer follows. The commands that copy what moved are
// submitted before anything is written to where it lay, since `queue.writeBuffer` would overtake an encoder that
// is submitted later.
import { MemoryManager } from "twingate-memory";

/** Bytes of a unit. WebGPU wants offsets and sizes that are multiples of four, in copies and in writes. */
const UNIT = 4;

export class GpuPool {
  #device;
  #memory;
  #scratch;

  /** @param {GPUDevice} device @param {number} bytes a multiple of four @param {number} usage as a vertex buffer's */
  constructor(device, bytes, usage) {
    this.#device = device;
    this.#memory = new MemoryManager(bytes / UNIT, { storage: "external", placement: "tlsf", autoDefragment: true });
    this.buffer = device.createBuffer({ size: bytes, usage: usage | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  }

  /** Room for the data, and the data in it. May move other blocks, to make room.
   *  @param {ArrayBufferView} data as many bytes as units have
   *  @param {number} [align] in bytes, such as the 256 of a uniform buffer's offset
   *  @returns {number} the ID of its block, which stays while the block moves */
  add(data, align = UNIT) {
    const id = this.#memory.alloc(data.byteLength / UNIT, { align: align / UNIT });
    this.#follow(this.#memory.takeRelocations());
    this.write(id, data);
    return id;
  }

  /** @param {ArrayBufferView} data @param {number} [at] the byte of the block where it begins */
  write(id, data, at = 0) {
    const { offset, size } = this.place(id);
    if (at + data.byteLength > size) throw new RangeError(`${data.byteLength} bytes from byte ${at} on do not fit into the ${size} of block ${id}`);
    this.#device.queue.writeBuffer(this.buffer, offset + at, data);
  }

  /** Gives a block another size; what it held stays. May move it, and others. */
  resize(id, bytes) {
    this.#memory.resize(id, bytes / UNIT);
    this.#follow(this.#memory.takeRelocations());
  }

  remove(id) {
    this.#memory.free(id);
  }

  /** Where a block lies, in bytes: for `setVertexBuffer`, or a bind group. Until the next call that may move it. */
  place(id) {
    return { buffer: this.buffer, offset: this.#memory.address(id) * UNIT, size: this.#memory.size(id) * UNIT };
  }

  /** Moves at most so many bytes towards one large free extent; once in every frame, say.
   *  @returns {boolean} whether there is nothing left to do */
  compact(bytes) {
    const { done, relocations } = this.#memory.defragment({ order: "any", maxUnits: bytes / UNIT });
    this.#follow(relocations);
    return done;
  }

  dispose() {
    this.#memory.dispose();
    this.buffer.destroy();
    this.#scratch?.destroy();
  }

  /** Copies what moved. WebGPU copies between different buffers only, so all goes by way of a second one: two changes of
   *  what the buffer is used for, however many blocks moved. */
  #follow(relocations) {
    const moves = joined(wayOf(relocations));
    if (moves.length === 0) return;
    const scratch = this.#scratchOf(moves.reduce((sum, { length }) => sum + length, 0));
    const encoder = this.#device.createCommandEncoder();
    let at = 0;
    for (const { from, length } of moves) {
      encoder.copyBufferToBuffer(this.buffer, from * UNIT, scratch, at * UNIT, length * UNIT);
      at += length;
    }
    at = 0;
    for (const { to, length } of moves) {
      encoder.copyBufferToBuffer(scratch, at * UNIT, this.buffer, to * UNIT, length * UNIT);
      at += length;
    }
    this.#device.queue.submit([encoder.finish()]);
  }

  #scratchOf(units) {
    if (this.#scratch && this.#scratch.size >= units * UNIT) return this.#scratch;
    // What was submitted may still use the old one: WebGPU keeps it until then.
    this.#scratch?.destroy();
    this.#scratch = this.#device.createBuffer({ size: units * UNIT, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
    return this.#scratch;
  }
}

/** From where to where each block moved altogether, lowest first: within a call one may move twice. */
function wayOf(relocations) {
  const ways = new Map();
  for (const { id, from, to, length } of relocations) ways.set(id, { from: ways.get(id)?.from ?? from, to, length });
  return [...ways.values()].filter(({ from, to }) => from !== to).sort((one, other) => one.from - other.from);
}

/** Neighbours that stay neighbours are one copy. */
function joined(moves) {
  const rows = [];
  for (const { from, to, length } of moves) {
    const last = rows.at(-1);
    if (last && last.from + last.length === from && last.to + last.length === to) last.length += length;
    else rows.push({ from, to, length });
  }
  return rows;
}
