import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findNodeHeaders, isOutdated, kernelFile, kernelFingerprint, kernelNames, kernelSources, missingLibraries, stampKernel } from '@dialplane/kernels';
import { repositoryRoot } from '../repository.ts';
import { findProgram, runQuietly } from './run-program.ts';

const compilers = ['g++', 'make', 'python3'];

/** Names of the native kernels that have to be built. */
export function outdatedKernels(): readonly string[] {
  return kernelNames().filter(isOutdated);
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
    const libraries = missingLibraries(name);
    for (const library of libraries) console.error(`Without the native kernel "${name}", because ${library.package} is not installed: no ${library.neededFor}.`);
    if (libraries.length > 0) continue;
    console.error(`Building the native kernel "${name}".`);
    if (!(await build(name, headers))) sayWithout(`building "${name}" failed; the message is above`);
  }
}

function sayWithout(reason: string): void {
  console.error(`Without native kernels, because ${reason}: relaying costs more than twice the processor time, and there are no group calls.`);
}

/** A running process keeps the file that it has loaded: the new one takes its name. */
async function build(name: string, headers: string): Promise<boolean> {
  const fingerprint = kernelFingerprint(name);
  const folder = join(kernelSources, name);
  const code = await runQuietly(join(repositoryRoot, 'node_modules/.bin/node-gyp'), ['rebuild', `--nodedir=${headers}`, '--loglevel=warn'], {
    cwd: folder,
    environment: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` },
  });
  if (code !== 0) return false;
  mkdirSync(dirname(kernelFile(name)), { recursive: true });
  const unfinished = `${kernelFile(name)}.${process.pid}`;
  copyFileSync(join(folder, 'build/Release', `${name}.node`), unfinished);
  renameSync(unfinished, kernelFile(name));
  stampKernel(name, fingerprint);
  return true;
}
