// three.js's BatchedMesh, without a GPU: geometries in one buffer, and `optimize`, which slides them
// together and copies. A unit is a vertex of one byte, the least that it can have.
import { BatchedMesh, BufferAttribute, BufferGeometry } from "three";
import { filled, filling } from "./filled.mjs";

export async function open(arena) {
  return new Peer(arena);
}

class Peer {
  inSteps = false;
  #arena;
  #mesh;
  #places = new Map();
  #end = 0;

  constructor(arena) {
    this.#arena = arena;
    this.#mesh = new BatchedMesh(1, arena);
  }

  alloc(size) {
    const vertices = new BufferAttribute(filling(size), 1);
    try {
      const block = this.#mesh.addGeometry(new BufferGeometry().setAttribute("position", vertices));
      this.#places.set(block, this.address(block));
      // What is new, a renderer would have sent to the GPU by now.
      this.#mesh.geometry.getAttribute("position").clearUpdateRanges();
      return block;
    } catch (error) {
      if (error.message.includes("exceeds the maximum buffer size")) return null;
      throw error;
    }
  }

  free(block) {
    this.#mesh.deleteGeometry(block);
    this.#places.delete(block);
  }

  compact() {
    this.#mesh.optimize();
  }

  tally() {
    let [moves, units, end] = [0, 0, 0];
    for (const [block, before] of this.#places) {
      const { vertexStart, vertexCount } = this.#mesh.getGeometryRangeAt(block);
      moves += vertexStart === before ? 0 : 1;
      units += vertexStart === before ? 0 : vertexCount;
      end = Math.max(end, vertexStart + vertexCount);
    }
    this.#end = end;
    return { moves, units, done: true };
  }

  address(block) {
    return this.#mesh.getGeometryRangeAt(block).vertexStart;
  }

  /** It allocates only above all geometries. */
  largestFree() {
    return this.#arena - this.#end;
  }

  holds(block) {
    const { vertexStart, vertexCount } = this.#mesh.getGeometryRangeAt(block);
    return filled(this.#mesh.geometry.getAttribute("position").array.subarray(vertexStart, vertexStart + vertexCount));
  }

  close() {
    this.#mesh.dispose();
  }
}
