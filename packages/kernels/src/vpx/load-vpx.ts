import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import { KernelVpx, type NativeVpx } from './native-vpx.ts';
import type { Vpx } from './vpx.ts';

/** VP8 for this thread. Nothing stands in for the kernel: where it is absent, the sentence says what to do. */
export function loadVpx(): LoadedKernel<Vpx> {
  const kernel = loadKernel<NativeVpx>('vpx');
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: new KernelVpx(kernel.exports) } : kernel;
}
