import type { LoadedKernel } from '../load-kernel.ts';
import { loadKernel } from '../load-kernel.ts';
import type { AudioCodec } from './audio-codec.ts';

/**
 * A codec whose encoders and decoders remember what was before and have nothing to be set. Their numbers belong to the thread that opened them and stay wrong for ever
 * once closed.
 */
export interface NumberedCodec extends AudioCodec {
  /** @throws {RangeError} Where every number is in use. */
  openEncoder(): number;
  /** A number that is not open is ignored. */
  closeEncoder(encoder: number): void;
  /** @throws {RangeError} Where every number is in use. */
  openDecoder(): number;
  /** A number that is not open is ignored. */
  closeDecoder(decoder: number): void;
}

/** What the modules of such kernels export. -1 is a refusal. */
interface NativeCodec extends AudioCodec {
  createEncoder(): number;
  destroyEncoder(encoder: number): void;
  createDecoder(): number;
  destroyDecoder(decoder: number): void;
}

/** Loads the kernel of this name for this thread. */
export function loadNumberedCodec(name: string): LoadedKernel<NumberedCodec> {
  const kernel = loadKernel<NativeCodec>(name);
  return kernel.kind === 'loaded' ? { kind: 'loaded', exports: codecOf(name, kernel.exports) } : kernel;
}

function codecOf(name: string, native: NativeCodec): NumberedCodec {
  const opened = (number: number): number => {
    if (number < 0) throw new RangeError(`Every number of the kernel "${name}" is in use.`);
    return number;
  };
  return {
    encode: native.encode,
    decode: native.decode,
    openEncoder: () => opened(native.createEncoder()),
    closeEncoder: native.destroyEncoder,
    openDecoder: () => opened(native.createDecoder()),
    closeDecoder: native.destroyDecoder,
  };
}
