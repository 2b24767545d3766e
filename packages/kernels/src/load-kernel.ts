import { createRequire } from 'node:module';
import { isOutdated, kernelFile, kernelNames } from './kernel-files.ts';
import { missingLibraries } from './kernel-libraries.ts';

export type LoadedKernel<Exports> =
  | { readonly kind: 'loaded'; readonly exports: Exports }
  /** Why, as a sentence for the log. */
  | { readonly kind: 'absent'; readonly absentBecause: string };

/** Loads a built kernel into this thread. One that is not built, not from these sources or not for this Node is absent and not an error. */
export function loadKernel<Exports>(name: string): LoadedKernel<Exports> {
  if (!kernelNames().includes(name)) return absent(name, `does not exist for this system (${process.platform})`);
  if (isOutdated(name)) return absent(name, `is not built, or from other sources; ./dialplane up builds it where ${['a C++ compiler', ...missingLibraries(name).map((library) => library.package)].join(' and ')} is installed`);
  try {
    return { kind: 'loaded', exports: createRequire(import.meta.url)(kernelFile(name)) as Exports };
  } catch (error) {
    return absent(name, `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Why the first of these that is absent is so; `undefined` where all are loaded. */
export function absenceOf(...kernels: ReadonlyArray<LoadedKernel<unknown>>): string | undefined {
  return kernels.find((kernel) => kernel.kind === 'absent')?.absentBecause;
}

/** What a kernel exports, for who cannot do without it. @throws {Error} With the sentence that says why it is absent. */
export function exportsOf<Exports>(kernel: LoadedKernel<Exports>): Exports {
  if (kernel.kind === 'absent') throw new Error(kernel.absentBecause);
  return kernel.exports;
}

function absent(name: string, because: string): { readonly kind: 'absent'; readonly absentBecause: string } {
  return { kind: 'absent', absentBecause: `The native kernel "${name}" ${because}.` };
}
