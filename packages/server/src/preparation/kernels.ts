import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findNodeHeaders, kernelFolders } from '@dialplane/kernels';
import { repositoryRoot } from '../repository.ts';
import { findProgram, runQuietly } from './run-program.ts';

const compilers = ['g++', 'make', 'python3'];

/** Names of the native kernels that this version has for this system. */
export function kernelNames(): readonly string[] {
  if (process.platform !== 'linux') return [];
  return globSync('*/binding.gyp', { cwd: kernelFolders.sources }).map((file) => dirname(file)).toSorted();
}

/** Those that are not built, or from other sources or for another Node than these. */
export function outdatedKernels(): readonly string[] {
  return kernelNames().filter((name) => !existsSync(builtFile(name)) || readIfThere(stampFile(name)) !== fingerprint(name));
}

/**
 * Builds the native kernels that are not up to date. Where that is not possible it says so in one line and goes on: what stands in for them
 * is slower, not broken.
 */
export async function prepareKernels(): Promise<void> {
  const outdated = outdatedKernels();
  if (outdated.length === 0) return;
  const missing = compilers.filter((program) => findProgram(program) === undefined);
  const headers = findNodeHeaders();
  if (missing.length > 0) return sayWithout(`${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed`);
  if (headers === undefined) return sayWithout(`there are no headers of Node ${process.versions.node} beside ${process.execPath}`);
  for (const name of outdated) {
    console.error(`Building the native kernel "${name}".`);
    if (!(await build(name, headers))) sayWithout(`building "${name}" failed; the message is above`);
  }
}

function sayWithout(reason: string): void {
  console.error(`Without native kernels, because ${reason}: relaying costs more than twice the processor time.`);
}

/** A running process keeps the file that it has loaded: the new one takes its name. */
async function build(name: string, headers: string): Promise<boolean> {
  const before = fingerprint(name);
  const folder = join(kernelFolders.sources, name);
  const code = await runQuietly(join(repositoryRoot, 'node_modules/.bin/node-gyp'), ['rebuild', `--nodedir=${headers}`, '--loglevel=warn'], {
    cwd: folder,
    environment: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` },
  });
  if (code !== 0) return false;
  mkdirSync(kernelFolders.built, { recursive: true });
  const unfinished = `${builtFile(name)}.${process.pid}`;
  copyFileSync(join(folder, 'build/Release', `${name}.node`), unfinished);
  renameSync(unfinished, builtFile(name));
  writeFileSync(stampFile(name), before);
  return true;
}

function builtFile(name: string): string {
  return join(kernelFolders.built, `${name}.node`);
}

function stampFile(name: string): string {
  return join(kernelFolders.built, `${name}.sources`);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** A digest over what goes into a kernel: its sources, what all of them share, and Node. */
function fingerprint(name: string): string {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}\0`);
  const files = globSync([`${name}/*.{cc,h,gyp}`, '*.{h,gypi}'], { cwd: kernelFolders.sources }).toSorted();
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(kernelFolders.sources, file))).update('\0');
  return hash.digest('hex');
}
