import type { Opus, OpusEncoderOptions, OpusSampleRate } from './opus.ts';

/** What native/opus/module.cc exports. -1 is a refusal. */
export interface NativeOpus {
  createEncoder(sampleRate: number, bitrateBps: number, complexity: number, expectedLossPercent: number, isVoice: number): number;
  configureEncoder(encoder: number, bitrateBps: number, complexity: number, expectedLossPercent: number, isVoice: number): number;
  copyEncoder(from: number, to: number): number;
  destroyEncoder(encoder: number): void;
  createDecoder(sampleRate: number): number;
  resetDecoder(decoder: number): void;
  destroyDecoder(decoder: number): void;
  encode(bytes: Uint8Array, samples: Float32Array, descriptors: Int32Array, count: number): void;
  decode(bytes: Uint8Array, samples: Float32Array, descriptors: Int32Array, count: number): void;
}

export class KernelOpus implements Opus {
  readonly decode: Opus['decode'];
  readonly encode: Opus['encode'];
  private readonly native: NativeOpus;

  constructor(native: NativeOpus) {
    this.native = native;
    this.decode = native.decode;
    this.encode = native.encode;
  }

  openEncoder(sampleRate: OpusSampleRate, options: OpusEncoderOptions): number {
    return accepted(this.native.createEncoder(sampleRate, ...wordsOf(options)), `no encoder of ${sampleRate} Hz with ${JSON.stringify(options)}`);
  }

  configureEncoder(encoder: number, options: OpusEncoderOptions): void {
    accepted(this.native.configureEncoder(encoder, ...wordsOf(options)), `no change of encoder ${encoder} to ${JSON.stringify(options)}`);
  }

  copyEncoder(from: number, to: number): void {
    accepted(this.native.copyEncoder(from, to), `no copy of encoder ${from} to encoder ${to}`);
  }

  closeEncoder(encoder: number): void {
    this.native.destroyEncoder(encoder);
  }

  openDecoder(sampleRate: OpusSampleRate): number {
    return accepted(this.native.createDecoder(sampleRate), `no decoder of ${sampleRate} Hz`);
  }

  resetDecoder(decoder: number): void {
    this.native.resetDecoder(decoder);
  }

  closeDecoder(decoder: number): void {
    this.native.destroyDecoder(decoder);
  }
}

function wordsOf({ bitrateBps, complexity, expectedLossPercent, signal }: OpusEncoderOptions): readonly [number, number, number, number] {
  const isPossible = Number.isInteger(bitrateBps) && bitrateBps >= 500 && bitrateBps <= 512_000;
  if (!isPossible) throw new RangeError(`${bitrateBps} is not a bitrate of Opus: 500 to 512,000 bit/s.`);
  return [bitrateBps, complexity, expectedLossPercent, signal === 'voice' ? 1 : 0];
}

function accepted(result: number, what: string): number {
  if (result < 0) throw new RangeError(`Opus: ${what}.`);
  return result;
}
