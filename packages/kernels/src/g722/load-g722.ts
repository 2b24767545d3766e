import type { AudioCodec } from '../audio/audio-codec.ts';
import { type LoadedKernel, loadKernel } from '../load-kernel.ts';
import type { G722 } from './g722.ts';

/** What native/g722/module.cc exports. -1 is a refusal. */
interface NativeG722 extends AudioCodec {
  createEncoder(): number;
  destroyEncoder(encoder: number): void;
  createDecoder(): number;
  destroyDecoder(decoder: number): void;
}

/** G.722 for this thread. Nothing stands in for the kernel; where it is absent, the sentence says what to do. */
export function loadG722(): LoadedKernel<G722> {
  const kernel = loadKernel<NativeG722>('g722');
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: g722Of(kernel.exports) } : kernel;
}

function g722Of(native: NativeG722): G722 {
  return {
    encode: native.encode,
    decode: native.decode,
    openEncoder: () => opened(native.createEncoder()),
    closeEncoder: native.destroyEncoder,
    openDecoder: () => opened(native.createDecoder()),
    closeDecoder: native.destroyDecoder,
  };
}

function opened(number: number): number {
  if (number < 0) throw new RangeError('Every number of G.722 is in use.');
  return number;
}
