import { existsSync } from 'node:fs';

/** A library that a kernel is built on: Debian's name of the package, and a file that shows it is there. */
export interface KernelLibrary {
  readonly package: string;
  readonly file: string;
}

const libraries: Readonly<Record<string, readonly KernelLibrary[]>> = {
  opus: [{ package: 'libopus-dev', file: '/usr/include/opus/opus.h' }],
  vpx: [{ package: 'libvpx-dev', file: '/usr/include/vpx/vpx_codec.h' }],
  yuv: [{ package: 'libyuv-dev', file: '/usr/include/libyuv.h' }],
};

/** The system's libraries that a kernel needs; most need none. */
export function kernelLibraries(name: string): readonly KernelLibrary[] {
  return libraries[name] ?? [];
}

/** Names of the packages that have to be installed before the kernel can be built. */
export function missingLibraries(name: string): readonly string[] {
  return kernelLibraries(name).filter(({ file }) => !existsSync(file)).map((library) => library.package);
}
