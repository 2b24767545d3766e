import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

/** Where the kernels' sources are, one folder each, and where the launcher puts what it built from them, as `NAME.node`. */
export const kernelFolders = { sources: resolve(import.meta.dirname, '../native'), built: resolve(import.meta.dirname, '../dist') } as const;

export type LoadedKernel<Exports> =
  | { readonly kind: 'loaded'; readonly exports: Exports }
  /** Why, as a sentence for the log. */
  | { readonly kind: 'absent'; readonly absentBecause: string };

/** Loads a built kernel into this thread. One that is not built, or not for this Node, is absent and not an error. */
export function loadKernel<Exports>(name: string): LoadedKernel<Exports> {
  const file = resolve(kernelFolders.built, `${name}.node`);
  if (!existsSync(file)) return { kind: 'absent', absentBecause: `The native kernel "${name}" is not built; ./dialplane up builds it where a C++ compiler is installed.` };
  try {
    return { kind: 'loaded', exports: createRequire(import.meta.url)(file) as Exports };
  } catch (error) {
    return { kind: 'absent', absentBecause: `The native kernel "${name}" cannot be loaded: ${error instanceof Error ? error.message : String(error)}` };
  }
}
