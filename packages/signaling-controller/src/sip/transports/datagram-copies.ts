const chunkBytes = 64 * 1024;

/** Copies of datagrams, many in one buffer: an array of its own for each costs more than the copy. A buffer is freed once nothing of it is used. */
export class DatagramCopies {
  private chunk = new Uint8Array(0);
  private at = 0;

  of(bytes: Uint8Array, offset: number, length: number): Uint8Array {
    if (this.at + length > this.chunk.length) {
      this.chunk = new Uint8Array(Math.max(chunkBytes, length));
      this.at = 0;
    }
    const { chunk, at } = this;
    chunk.set(bytes.subarray(offset, offset + length), at);
    this.at = at + length;
    return chunk.subarray(at, at + length);
  }
}
