import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import { KernelSrtp, type NativeSrtp } from './native-srtp.ts';
import type { Srtp } from './srtp.ts';

/** SRTP for this thread. Nothing stands in for the kernel: where it is absent, the sentence says what to do. */
export function loadSrtp(): LoadedKernel<Srtp> {
  const kernel = loadKernel<NativeSrtp>('srtp');
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: new KernelSrtp(kernel.exports) } : kernel;
}
