import { loadKernel } from '../load-kernel.ts';
import type { MappedFile } from './mapped-file.ts';
import { openNativeMappedFile, type NativeMappedFile } from './native-mapped-file.ts';
import { openWrittenFile } from './written-file.ts';

/**
 * Opens or creates a file as memory, of exactly `length` bytes; a longer file is cut, a shorter one grows by zeros. Its blocks are allocated, so that a full
 * disk is told here and not when the memory is written.
 * @throws {Error} With the system's code: `ENOSPC`, `EACCES`, `ENOENT`, ...
 */
export function openMappedFile(path: string, length: number): MappedFile {
  if (!(Number.isInteger(length) && length > 0)) throw new RangeError(`A mapped file has at least one byte, not ${length}.`);
  const kernel = loadKernel<NativeMappedFile>('mapped-file');
  return kernel.kind === 'loaded' ? openNativeMappedFile(kernel.exports, path, length) : openWrittenFile(path, length, kernel.absentBecause);
}
