import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** One folder of C++ for each kernel. */
export const kernelSources = resolve(import.meta.dirname, '../native');
const builtFolder = resolve(import.meta.dirname, '../dist');

/** Names of the native kernels that this version has for this system. */
export function kernelNames(): readonly string[] {
  if (process.platform !== 'linux') return [];
  return globSync('*/binding.gyp', { cwd: kernelSources }).map((file) => dirname(file)).toSorted();
}

/** Where a built kernel is, or will be. */
export function kernelFile(name: string): string {
  return join(builtFolder, `${name}.node`);
}

/** Whether a kernel is not built, is from other sources than these, or for another Node than this. */
export function isOutdated(name: string): boolean {
  return !existsSync(kernelFile(name)) || !existsSync(stampFile(name)) || readFileSync(stampFile(name), 'utf8') !== kernelFingerprint(name);
}

/** A digest over what goes into a kernel: its sources, what all of them share, and Node. */
export function kernelFingerprint(name: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\0`);
  const files = globSync([`${name}/*.{cc,h,gyp}`, '*.{h,gypi}'], { cwd: kernelSources }).toSorted();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(kernelSources, file))).update('\0');
  return hash.digest('hex');
}

/** Notes what a kernel was built from. */
export function stampKernel(name: string, fingerprint: string): void {
  writeFileSync(stampFile(name), fingerprint);
}

function stampFile(name: string): string {
  return join(builtFolder, `${name}.sources`);
}
