import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Half a second at 16 kHz. */
const pieceSamples = 8192;
const sampleBytes = 2;
const fullScale = 32_768;

/**
 * Samples of a sound file (`SoundFile` of `media-api`), in order. They are read piece by piece, on the thread that mixes: whoever has us play the file has just written or
 * read it, so a piece is a copy of some microseconds.
 */
export class SoundFileReader {
  private readonly descriptor: number;
  private readonly piece = new Int16Array(pieceSamples);
  /** Bytes of the file that have been read. */
  private position = 0;
  /** Samples of the piece that have been taken, and that there are. */
  private taken = 0;
  private count = 0;

  /** @throws {Error} Where it cannot be read, or there is nothing in it. */
  constructor(path: string) {
    this.descriptor = openSync(path, 'r');
    if (fstatSync(this.descriptor).size >= sampleBytes) return;
    this.close();
    throw new Error(`${path} is empty`);
  }

  /**
   * Writes the next samples, full scale being 1.
   * @returns How many: fewer than asked for at the end, 0 after it.
   * @throws {Error} Where it cannot be read any more.
   */
  read(samples: Float32Array, at: number, count: number): number {
    let done = 0;
    while (done < count && (this.taken < this.count || this.readPiece())) {
      const part = Math.min(count - done, this.count - this.taken);
      for (let index = 0; index < part; index += 1) samples[at + done + index] = (this.piece[this.taken + index] ?? 0) / fullScale;
      this.taken += part;
      done += part;
    }
    return done;
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private readPiece(): boolean {
    const bytes = readSync(this.descriptor, this.piece, 0, pieceSamples * sampleBytes, this.position);
    this.count = Math.floor(bytes / sampleBytes);
    this.taken = 0;
    this.position += this.count * sampleBytes;
    return this.count > 0;
  }
}
