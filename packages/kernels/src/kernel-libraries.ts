import { existsSync } from 'node:fs';

/** A library that a kernel is built on: Debian's name of the package, and a file that shows it is there. */
export interface KernelLibrary {
  readonly package: string;
  readonly file: string;
  /** What there is not without it. */
  readonly neededFor: string;
}

const libraries: Readonly<Record<string, readonly KernelLibrary[]>> = {
  g729: [{ package: 'libbcg729-dev', file: '/usr/include/bcg729/decoder.h', neededFor: 'G.729' }],
  opus: [{ package: 'libopus-dev', file: '/usr/include/opus/opus.h', neededFor: 'group calls' }],
  vpx: [{ package: 'libvpx-dev', file: '/usr/include/vpx/vpx_codec.h', neededFor: 'composing pictures' }],
  yuv: [{ package: 'libyuv-dev', file: '/usr/include/libyuv.h', neededFor: 'composing pictures' }],
};

/** The system's libraries that a kernel needs; most need none. */
export function kernelLibraries(name: string): readonly KernelLibrary[] {
  return libraries[name] ?? [];
}

/** What has to be installed before the kernel can be built. */
export function missingLibraries(name: string): readonly KernelLibrary[] {
  return kernelLibraries(name).filter(({ file }) => !existsSync(file));
}
