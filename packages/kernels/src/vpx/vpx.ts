/** What `decode` and `encode` return in place of bytes. */
export const vpxFailure = {
  /** The number is not open. */
  unknownCodec: -1,
  /** Not a frame of VP8, or one that goes on from a frame that was not decoded. */
  malformed: -2,
  /** The room is too small. */
  doesNotFit: -3,
  /** The picture is larger than the decoder was opened for. */
  tooLarge: -4,
} as const;

export interface Vp8EncoderOptions {
  /** Pixels, even, 2 to 4,096. */
  readonly width: number;
  readonly height: number;
  /** 20,000 to 20,000,000. Frames are left out to keep to it. */
  readonly bitrateBps: number;
  /** 1 to 60; what is said of times in `encode` counts. */
  readonly frameRate: number;
  /** 0 to 16: the higher, the cheaper and the worse. */
  readonly speed: number;
}

export interface DecodedPicture {
  /** Bytes of the picture; 0 where the frame shows none; or a failure. */
  readonly result: number;
  readonly width: number;
  readonly height: number;
}

export interface EncodedPicture {
  /** Bytes of the frame; 0 where it was left out to keep to the bitrate; or a failure. */
  readonly result: number;
  readonly isKeyFrame: boolean;
}

/**
 * VP8 (RFC 6386) by libvpx, for pictures as they are (real time, one thread, no look ahead). Numbers of encoders and decoders belong to the thread that opened
 * them and stay wrong for ever once closed.
 *
 * Pictures are I420: the Y plane, then U and V of half its width and height (rounded up), without padding: `pictureBytes` of them.
 */
export interface Vpx {
  /** @throws {RangeError} Where every number is in use, or the bounds are not within 1 to 4,096. */
  openDecoder(mostWidth: number, mostHeight: number): number;
  /** Decodes one whole frame into `picture`. */
  decode(decoder: number, frame: Uint8Array, picture: Uint8Array): DecodedPicture;
  /** A number that is not open is ignored. */
  closeDecoder(decoder: number): void;
  /** Makes a key frame first and then where it is asked to. @throws {RangeError} Where an option is outside its range, or every number is in use. */
  openEncoder(options: Vp8EncoderOptions): number;
  /** From the next frame on. @throws {RangeError} Where it is outside its range or the number is not open. */
  setBitrate(encoder: number, bitrateBps: number): void;
  /** @param ticks of 90 kHz, growing. @param frame room for what comes out; as large as the picture is always enough. */
  encode(encoder: number, picture: Uint8Array, ticks: number, wantsKeyFrame: boolean, frame: Uint8Array): EncodedPicture;
  /** A number that is not open is ignored. */
  closeEncoder(encoder: number): void;
}

/** Bytes of a picture in I420. */
export function pictureBytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}
