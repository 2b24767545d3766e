import type { AudioCodec } from '../audio/audio-codec.ts';

/**
 * G.722 at 64 kbit/s (RFC 3551 §4.5.2): one byte for two samples at 16,000 Hz. Numbers of encoders and decoders belong to the thread that opened them and stay wrong
 * for ever once closed.
 */
export interface G722 extends AudioCodec {
  /** @throws {RangeError} Where every number is in use. */
  openEncoder(): number;
  /** A number that is not open is ignored. */
  closeEncoder(encoder: number): void;
  /** @throws {RangeError} Where every number is in use. */
  openDecoder(): number;
  /** A number that is not open is ignored. */
  closeDecoder(decoder: number): void;
}
