import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import type { Yuv } from './yuv.ts';

/** What native/yuv/module.cc exports. */
interface NativeYuv {
  scale(sources: Uint8Array, targets: Uint8Array, descriptors: Int32Array, count: number): void;
  paint(pictures: Uint8Array, offset: number, part: Int32Array, y: number, u: number, v: number): void;
}

/** Work on pictures for this thread. Nothing stands in for the kernel: where it is absent, the sentence says what to do. */
export function loadYuv(): LoadedKernel<Yuv> {
  const kernel = loadKernel<NativeYuv>('yuv');
  if (kernel.kind === 'absent') return kernel;
  const { scale, paint } = kernel.exports;
  return {
    kind: 'loaded',
    exports: {
      scale,
      paint: (pictures, { offset, width, height, x, y, partWidth, partHeight }, colour) => {
        paint(pictures, offset, Int32Array.of(width, height, x, y, partWidth, partHeight), colour.y, colour.u, colour.v);
      },
    },
  };
}
