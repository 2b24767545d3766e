import { closeSync, constants, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import type { MappedFile } from './mapped-file.ts';

const intervalMs = 1000;

/** The portable twin of a mapped file: an array whose changes are written every second. @throws {Error} With the system's code. */
export function openWrittenFile(path: string, length: number, absentBecause: string): MappedFile {
  const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    const bytes = new Uint8Array(length);
    readFully(file, bytes);
    writeFully(file, bytes); // Allocates the blocks of what was sparse.
    ftruncateSync(file, length);
    return new WrittenFile(file, bytes, absentBecause);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

class WrittenFile implements MappedFile {
  readonly implementation = 'written';
  readonly absentBecause: string;
  readonly bytes: Uint8Array<ArrayBuffer>;

  private file: number | undefined;
  private readonly written: Buffer;
  private readonly timer: NodeJS.Timeout;

  constructor(file: number, bytes: Uint8Array<ArrayBuffer>, absentBecause: string) {
    this.absentBecause = absentBecause;
    this.bytes = bytes;
    this.file = file;
    this.written = Buffer.from(bytes);
    this.timer = setInterval(() => this.writeOrTryLater(file), intervalMs).unref();
  }

  close(): void {
    if (this.file === undefined) return;
    const file = this.file;
    this.file = undefined;
    clearInterval(this.timer);
    try {
      this.write(file);
    } finally {
      closeSync(file);
    }
  }

  private write(file: number): void {
    if (this.written.equals(this.bytes)) return;
    writeFully(file, this.bytes);
    this.written.set(this.bytes);
  }

  private writeOrTryLater(file: number): void {
    try {
      this.write(file);
    } catch {
      // The next write tries again, and the last one tells the failure.
    }
  }
}

function readFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(file, bytes, at, bytes.length - at, at);
    if (read === 0) return;
    at += read;
  }
}

function writeFully(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, at);
}
