/**
 * A ring of records from one thread to another in shared memory: one writes, one reads, neither waits. Records begin at multiples of 8 bytes, each contiguous; its first
 * word is its length with this word and alignment, its second what its writer says it is.
 */
const controlWords = 8;
const writtenAt = 0;
/** Rung to wake the reader. */
const bellAt = 1;
const readAt = 4;
/** 1 while the reader sleeps or is about to. */
const sleepsAt = 5;
const alignment = 8;
/** In place of a kind: nothing more before the end of the memory. */
const skipKind = -1;

/** Words before what a record holds. */
export const recordHeaderBytes = 8;

/** @param bytes How much fits in between; a power of two, at most 2^30. */
export function createRingMemory(bytes: number): SharedArrayBuffer {
  if (!(bytes >= 64 && bytes <= 2 ** 30 && (bytes & (bytes - 1)) === 0)) throw new RangeError(`A ring has a power of two of bytes, at least 64, not ${bytes}.`);
  return new SharedArrayBuffer(controlWords * 4 + bytes);
}

class RingMemory {
  readonly control: Int32Array;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly doubles: Float64Array;
  readonly capacity: number;

  constructor(memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, controlWords);
    this.words = new Int32Array(memory, controlWords * 4);
    this.bytes = new Uint8Array(memory, controlWords * 4);
    this.doubles = new Float64Array(memory, controlWords * 4);
    this.capacity = this.bytes.length;
  }
}

/** The writing end. */
export class RingWriter extends RingMemory {
  private written: number;
  private pending = 0;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.written = Atomics.load(this.control, writtenAt);
  }

  /**
   * Makes room for a record that holds `length` bytes, to be filled in and committed.
   * @returns Where in `bytes` what it holds begins (at a multiple of 8), or -1 where there is no room.
   */
  reserve(kind: number, length: number): number {
    const size = (recordHeaderBytes + length + alignment - 1) & -alignment;
    const start = this.written & (this.capacity - 1);
    const skipped = start + size > this.capacity ? this.capacity - start : 0;
    const inUse = (this.written - Atomics.load(this.control, readAt)) >>> 0;
    if (inUse + skipped + size > this.capacity) return -1;
    if (skipped > 0) this.setHeader(start, skipped, skipKind);
    const at = skipped > 0 ? 0 : start;
    this.setHeader(at, size, kind);
    this.pending = skipped + size;
    return at + recordHeaderBytes;
  }

  /** Shows the reader what was reserved last. */
  commit(): void {
    this.written = (this.written + this.pending) | 0;
    this.pending = 0;
    Atomics.store(this.control, writtenAt, this.written);
    if (Atomics.load(this.control, sleepsAt) === 1) this.wake();
  }

  /** Wakes the reader, for something that is not in the ring. */
  wake(): void {
    Atomics.add(this.control, bellAt, 1);
    Atomics.notify(this.control, bellAt);
  }

  private setHeader(at: number, size: number, kind: number): void {
    this.words[at >> 2] = size;
    this.words[(at >> 2) + 1] = kind;
  }
}

/** The reading end. */
export class RingReader extends RingMemory {
  private read: number;

  constructor(memory: SharedArrayBuffer) {
    super(memory);
    this.read = Atomics.load(this.control, readAt);
  }

  /**
   * Shows every record that is there, with where in `bytes` what it holds begins. What a record holds may be looked at until `release`.
   * @returns How many there were.
   */
  readAll(onRecord: (kind: number, offset: number) => void): number {
    const end = Atomics.load(this.control, writtenAt);
    let count = 0;
    while (this.read !== end) {
      const at = this.read & (this.capacity - 1);
      const kind = this.words[(at >> 2) + 1] ?? skipKind;
      this.read = (this.read + (this.words[at >> 2] ?? 0)) | 0;
      if (kind === skipKind) continue;
      onRecord(kind, at + recordHeaderBytes);
      count += 1;
    }
    return count;
  }

  /** How often the writer rang; to be read before looking whether there is anything to do, and given to a sleep after it. */
  rings(): number {
    return Atomics.load(this.control, bellAt);
  }

  /** Sleeps until the writer rings again, or for `milliseconds`; records alone do not wake it. */
  sleep(rings: number, milliseconds: number): void {
    Atomics.wait(this.control, bellAt, rings, milliseconds);
  }

  /** Sleeps until there is a record or the writer rings again. */
  sleepUntilWritten(rings: number): void {
    Atomics.store(this.control, sleepsAt, 1);
    if (Atomics.load(this.control, writtenAt) === this.read) Atomics.wait(this.control, bellAt, rings);
    Atomics.store(this.control, sleepsAt, 0);
  }

  /** Gives the room of everything that was read back to the writer. */
  release(): void {
    Atomics.store(this.control, readAt, this.read);
  }
}
