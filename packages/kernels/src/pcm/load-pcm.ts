import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import type { Pcm } from './pcm.ts';

/** What native/pcm/module.cc exports. -1 is a refusal. */
interface NativePcm extends Pick<Pcm, 'run' | 'resample' | 'closeResampler'> {
  openResampler(factor: number, isUpwards: number): number;
}

/** Work on samples for this thread. Nothing stands in for the kernel; where it is absent, the sentence says what to do. */
export function loadPcm(): LoadedKernel<Pcm> {
  const kernel = loadKernel<NativePcm>('pcm');
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: pcmOf(kernel.exports) } : kernel;
}

function pcmOf(native: NativePcm): Pcm {
  return {
    run: native.run,
    resample: native.resample,
    closeResampler: native.closeResampler,
    openResampler: (factor, direction) => {
      const resampler = native.openResampler(factor, direction === 'up' ? 1 : 0);
      if (resampler < 0) throw new RangeError(`There is no resampler by ${factor}: factors are 2 to 6.`);
      return resampler;
    },
  };
}
