import { type LoadedKernel, loadVpx, loadYuv, type Vpx, type Yuv } from '@dialplane/kernels';

/** What composing is done with. */
export interface PictureKernels {
  readonly vpx: Vpx;
  readonly yuv: Yuv;
}

export function loadPictureKernels(): LoadedKernel<PictureKernels> {
  const [vpx, yuv] = [loadVpx(), loadYuv()];
  if (vpx.kind === 'absent') return vpx;
  if (yuv.kind === 'absent') return yuv;
  return { kind: 'loaded', exports: { vpx: vpx.exports, yuv: yuv.exports } };
}
