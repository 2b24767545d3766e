import { getSystemErrorName } from 'node:util';
import type { MappedFile } from './mapped-file.ts';

/** What native/mapped-file/module.cc exports. A negative number is an errno. */
export interface NativeMappedFile {
  open(path: string, length: number): ArrayBuffer | number;
  detach(buffer: ArrayBuffer): void;
}

/** @throws {Error} With the system's code. */
export function openNativeMappedFile(native: NativeMappedFile, path: string, length: number): MappedFile {
  if (path.includes('\0')) throw new TypeError('A path holds no zero byte.');
  const opened = native.open(path, length);
  if (typeof opened === 'number') {
    const code = getSystemErrorName(opened);
    throw Object.assign(new Error(`${path} cannot be mapped into memory: ${code}.`), { code, path });
  }
  return { implementation: 'mapped', bytes: new Uint8Array(opened), close: () => native.detach(opened) };
}
