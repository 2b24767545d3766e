import type { MappedFile } from './mapped-file.ts';
import { openWrittenFile } from './written-file.ts';

/**
 * Opens or creates a file as memory, of exactly `length` bytes; a longer file is cut, a shorter one grows by zeros. Its blocks are allocated, so that a full
 * disk is told here and not when the memory is written.
 * @throws {Error} With the system's code: `ENOSPC`, `EACCES`, `ENOENT`, ...
 */
export function openMappedFile(path: string, length: number): MappedFile {
  if (!(Number.isInteger(length) && length > 0)) throw new RangeError(`A mapped file has at least one byte, not ${length}.`);
  return openWrittenFile(path, length, 'The native kernel "mapped-file" is not part of this version.');
}
