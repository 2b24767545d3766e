const nothing = new Uint8Array(0);

/**
 * What a stream has brought and nobody has taken yet, as one run of bytes however it was chopped; for what cuts a stream into messages. A chunk whose bytes are all taken is never copied, and a message that
 * comes byte by byte is copied a few times, not for every byte.
 */
export class UnreadBytes {
  /** The bytes are from `start` to `end`; behind that is room, where `isOurs`. */
  private held: Uint8Array = nothing;
  private start = 0;
  private end = 0;
  /** Whether `held` is a copy, and not a chunk of the caller's. */
  private isOurs = false;

  get length(): number {
    return this.end - this.start;
  }

  /** All of them: a view, and what is taken next are views of the same memory. */
  get view(): Uint8Array {
    return this.held.subarray(this.start, this.end);
  }

  /** The byte at a place; 0 where there is none yet. */
  at(index: number): number {
    const place = this.start + index;
    return place < this.end ? (this.held[place] ?? 0) : 0;
  }

  /** Takes what the stream brought. What is taken later are views into the chunk or into a copy of it: it must not change until then, or until {@link UnreadBytes.detach}. */
  push(chunk: Uint8Array): void {
    const { length } = this;
    if (length === 0) {
      this.held = chunk;
      this.start = 0;
      this.end = chunk.length;
      this.isOurs = false;
      return;
    }
    if (!this.isOurs || this.end + chunk.length > this.held.length) this.moveToRoomFor(length + chunk.length);
    this.held.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Takes the first bytes, as a view; as many as there are, where that is fewer. */
  take(length: number): Uint8Array {
    const from = this.start;
    this.start = Math.min(from + length, this.end);
    return this.held.subarray(from, this.start);
  }

  /** Lets go of the caller's chunk: what is unread is copied, once. */
  detach(): void {
    if (!this.isOurs) this.moveToRoomFor(this.length);
  }

  clear(): void {
    this.held = nothing;
    this.start = 0;
    this.end = 0;
  }

  /** Twice the room that is needed. What was taken earlier keeps the memory that it is in. */
  private moveToRoomFor(length: number): void {
    const roomy = new Uint8Array(length * 2);
    roomy.set(this.view);
    this.held = roomy;
    this.end -= this.start;
    this.start = 0;
    this.isOurs = true;
  }
}
