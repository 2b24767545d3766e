import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import type { Dtls } from './dtls.ts';
import { KernelDtls, type NativeDtls } from './native-dtls.ts';

/** DTLS for this thread. Nothing stands in for the kernel: where it is absent, the sentence says what to do. */
export function loadDtls(): LoadedKernel<Dtls> {
  const kernel = loadKernel<NativeDtls>('dtls');
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: new KernelDtls(kernel.exports) } : kernel;
}
