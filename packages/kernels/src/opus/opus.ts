import type { AudioCodec } from '../audio/audio-codec.ts';

/** Rates that Opus has, in Hz; whatever the other side uses, a decoder gives any of them (RFC 7587 §4.1). */
export type OpusSampleRate = 8_000 | 12_000 | 16_000 | 24_000 | 48_000;

/** What is encoded. Voice is coded by how it is made (SILK, RFC 6716 §2.1.1) up to some 64 kbit/s, which other sound suffers from. */
export type OpusSignal = 'voice' | 'unknown';

export interface OpusEncoderOptions {
  /** 500 to 512,000. */
  readonly bitrateBps: number;
  /** 0 (cheapest) to 10. */
  readonly complexity: number;
  /** 0 to 100; from 1 on packets repeat the one before them in short (in-band FEC), at the cost of its quality. */
  readonly expectedLossPercent: number;
  /** Default unknown. */
  readonly signal?: OpusSignal;
}

/**
 * Opus (RFC 6716) by libopus, mono, encoding for faithfulness: what is mixed was filtered for speech by those who sent it. Numbers of encoders and decoders belong to the thread that opened them and stay wrong for ever once closed.
 *
 * A frame has 2.5, 5, 10, 20, 40 or 60 ms; the room for a decoded packet should be for 120 ms.
 */
export interface Opus extends AudioCodec {
  /** @throws {RangeError} Where an option is outside its range, or every number is in use. */
  openEncoder(sampleRate: OpusSampleRate, options: OpusEncoderOptions): number;
  /** From the next frame on. @throws {RangeError} Where an option is outside its range or the number is not open. */
  configureEncoder(encoder: number, options: OpusEncoderOptions): void;
  /**
   * Makes an encoder go on as another one would, so that a listener who is moved from one to the other hears no seam.
   * @throws {RangeError} Where they have different rates or one is not open.
   */
  copyEncoder(from: number, to: number): void;
  /** A number that is not open is ignored. */
  closeEncoder(encoder: number): void;
  /** @throws {RangeError} Where every number is in use. */
  openDecoder(sampleRate: OpusSampleRate): number;
  /** Forgets what was heard. */
  resetDecoder(decoder: number): void;
  /** A number that is not open is ignored. */
  closeDecoder(decoder: number): void;
}
