import { isOutdated, kernelNames, missingLibraries } from '@dialplane/kernels';

/** What a media process cannot be without; video that is mixed needs more, and only that. */
const needed = ['udp', 'srtp', 'dtls', 'opus'];

/** Why there are no group calls here and what to do about it; `undefined` where nothing is missing. */
export function missingMediaKernels(): string | undefined {
  const known = kernelNames();
  if (!needed.every((name) => known.includes(name))) return `Group calls need native kernels that do not exist for this system (${process.platform}).`;
  const missing = needed.filter(isOutdated);
  if (missing.length === 0) return undefined;
  const packages = ['g++', 'make', 'python3', ...missing.flatMap(missingLibraries).map((library) => library.package)];
  return `Group calls need the native kernels ${missing.join(', ')}, which are not built. Install ${packages.join(', ')} on the server and start it again: ./dialplane up builds them.`;
}
