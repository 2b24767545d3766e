import { decodedPart, decodeWords, encodeWords } from '../audio/audio-codec.ts';
import { exportsOf } from '../load-kernel.ts';
import { loadOpus } from './load-opus.ts';
import type { Opus, OpusEncoderOptions } from './opus.ts';

/** Samples of 20 ms at 48 kHz. */
export const frameSamples = 960;

export const speechOptions: OpusEncoderOptions = { bitrateBps: 32_000, complexity: 5, expectedLossPercent: 0 };

/** Room for one packet and for 120 ms, used again and again. */
const bytes = new Uint8Array(1500);
const room = new Float32Array(5760);
const words = new Int32Array(8);

/** @throws {Error} Where the kernel is absent. */
export function testOpus(): Opus {
  return exportsOf(loadOpus());
}

/** One packet of 20 ms. */
export function encodeFrame(opus: Opus, encoder: number, samples: Float32Array, offset = 0): Uint8Array {
  words.fill(0);
  words[encodeWords.codec] = encoder;
  words[encodeWords.sampleOffset] = offset;
  words[encodeWords.sampleCount] = frameSamples;
  words[encodeWords.byteCapacity] = bytes.length;
  opus.encode(bytes, samples, words, 1);
  return bytes.slice(0, words[encodeWords.result]);
}

/** A whole signal in packets. */
export function encodeAll(opus: Opus, encoder: number, samples: Float32Array): readonly Uint8Array[] {
  return Array.from({ length: Math.floor(samples.length / frameSamples) }, (_, frame) => encodeFrame(opus, encoder, samples, frame * frameSamples));
}

export interface Decoded {
  /** Samples, or a failure. */
  readonly result: number;
  readonly level: number;
  readonly samples: Float32Array;
}

/** Decodes one packet; makes up 20 ms for an empty one. */
export function decodePacket(opus: Opus, decoder: number, packet: Uint8Array, part: number = decodedPart.packet): Decoded {
  bytes.set(packet);
  words.fill(0);
  words[decodeWords.codec] = decoder;
  words[decodeWords.byteLength] = packet.length;
  words[decodeWords.sampleCount] = packet.length === 0 || part === decodedPart.redundancy ? frameSamples : room.length;
  words[decodeWords.part] = part;
  opus.decode(bytes, room, words, 1);
  const result = words[decodeWords.result] ?? 0;
  return { result, level: words[decodeWords.level] ?? 0, samples: room.slice(0, Math.max(0, result)) };
}

/** Samples one after the other. */
export function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
