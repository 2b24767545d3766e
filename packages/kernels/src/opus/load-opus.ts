import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import { KernelOpus, type NativeOpus } from './native-opus.ts';
import type { Opus } from './opus.ts';

/** Opus for this thread. Nothing stands in for the kernel: where it is absent, the sentence says what to do. */
export function loadOpus(): LoadedKernel<Opus> {
  const kernel = loadKernel<NativeOpus>('opus');
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: new KernelOpus(kernel.exports) } : kernel;
}
