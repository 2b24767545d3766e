/** Rows of as many words as a kernel defines, which it reads and writes: the places that are in use, and those that were. A table grows, and never shrinks. */
export class RowTable {
  readonly stride: number;
  /** Replaced when the table grows: to be asked for anew. */
  words: Int32Array;
  /** The same memory: two words are one number of 64 bits. */
  doubles: Float64Array;
  private readonly free: number[] = [];
  private used = 0;

  /** @param stride Words of a row, an even number. */
  constructor(stride: number, rows = 64) {
    this.stride = stride;
    this.words = new Int32Array(rows * stride);
    this.doubles = new Float64Array(this.words.buffer);
  }

  /** @returns The place of a row that nobody uses; what it says is what its last user left, or zeros. */
  add(): number {
    const place = this.free.pop();
    if (place !== undefined) return place;
    if ((this.used + 1) * this.stride > this.words.length) this.grow();
    this.used += 1;
    return this.used - 1;
  }

  remove(place: number): void {
    this.free.push(place);
  }

  private grow(): void {
    const before = this.words;
    this.words = new Int32Array(2 * before.length);
    this.words.set(before);
    this.doubles = new Float64Array(this.words.buffer);
  }
}
