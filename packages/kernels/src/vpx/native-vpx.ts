import type { DecodedPicture, EncodedPicture, Vp8EncoderOptions, Vpx } from './vpx.ts';

/** What native/vpx/module.cc exports. -1 is a refusal where a number is returned. */
export interface NativeVpx {
  createDecoder(widest: number, highest: number): number;
  destroyDecoder(decoder: number): void;
  decode(decoder: number, frame: Uint8Array, picture: Uint8Array, size: Int32Array): number;
  createEncoder(width: number, height: number, bitrateBps: number, frameRate: number, speed: number): number;
  setBitrate(encoder: number, bitrateBps: number): number;
  destroyEncoder(encoder: number): void;
  encode(encoder: number, pixels: Uint8Array, ticks: number, wantsKeyFrame: number, frame: Uint8Array, isKeyFrame: Int32Array): number;
}

const longestSide = 4096;

export class KernelVpx implements Vpx {
  private readonly native: NativeVpx;
  private readonly words = new Int32Array(2);

  constructor(native: NativeVpx) {
    this.native = native;
  }

  openDecoder(mostWidth: number, mostHeight: number): number {
    check(isIn(mostWidth, 1, longestSide) && isIn(mostHeight, 1, longestSide), `no pictures of up to ${mostWidth}x${mostHeight}`);
    return accepted(this.native.createDecoder(mostWidth, mostHeight), 'no further decoder');
  }

  decode(decoder: number, frame: Uint8Array, picture: Uint8Array): DecodedPicture {
    const result = this.native.decode(decoder, frame, picture, this.words);
    return { result, width: this.words[0] ?? 0, height: this.words[1] ?? 0 };
  }

  closeDecoder(decoder: number): void {
    this.native.destroyDecoder(decoder);
  }

  openEncoder(options: Vp8EncoderOptions): number {
    const { width, height, bitrateBps, frameRate, speed } = options;
    const isPossible = [width, height].every((side) => isIn(side, 2, longestSide) && side % 2 === 0) && isIn(frameRate, 1, 60) && isIn(speed, 0, 16) && isBitrate(bitrateBps);
    check(isPossible, `no encoder with ${JSON.stringify(options)}`);
    return accepted(this.native.createEncoder(width, height, bitrateBps, frameRate, speed), `no encoder with ${JSON.stringify(options)}`);
  }

  setBitrate(encoder: number, bitrateBps: number): void {
    check(isBitrate(bitrateBps), `not ${bitrateBps} bit/s`);
    accepted(this.native.setBitrate(encoder, bitrateBps), `no change of encoder ${encoder} to ${bitrateBps} bit/s`);
  }

  encode(encoder: number, picture: Uint8Array, ticks: number, wantsKeyFrame: boolean, frame: Uint8Array): EncodedPicture {
    const result = this.native.encode(encoder, picture, ticks, wantsKeyFrame ? 1 : 0, frame, this.words);
    return { result, isKeyFrame: result > 0 && this.words[0] === 1 };
  }

  closeEncoder(encoder: number): void {
    this.native.destroyEncoder(encoder);
  }
}

function isIn(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

function isBitrate(bitrateBps: number): boolean {
  return isIn(bitrateBps, 20_000, 20_000_000);
}

function check(isPossible: boolean, what: string): void {
  if (!isPossible) throw new RangeError(`VP8: ${what}.`);
}

function accepted(result: number, what: string): number {
  check(result >= 0, what);
  return result;
}
