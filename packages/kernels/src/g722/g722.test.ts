import assert from 'node:assert/strict';
import fc from 'fast-check';
import { audioFailure, decodeWords, encodeWords } from '../audio/audio-codec.ts';
import { amplitudeAt, babble, firstDifference, signalToNoise, tone } from '../audio/test-signals.ts';
import { spandspTest } from '../audio/test-spandsp.ts';
import { exportsOf } from '../load-kernel.ts';
import { nativeTest } from '../test-kernels.ts';
import type { NumberedCodec as G722 } from '../audio/numbered-codec.ts';
import { loadG722 } from './load-g722.ts';

function testG722(): G722 {
  return exportsOf(loadG722());
}

function encode(samples: Float32Array, g722 = testG722(), encoder = g722.openEncoder()): Uint8Array {
  const bytes = new Uint8Array(samples.length / 2);
  const words = new Int32Array(encodeWords.stride);
  words.set([encoder, 0, samples.length, 0, bytes.length]);
  g722.encode(bytes, samples, words, 1);
  assert.equal(words[encodeWords.result], bytes.length);
  return bytes;
}

function decode(bytes: Uint8Array, g722 = testG722(), decoder = g722.openDecoder()): Float32Array {
  const samples = new Float32Array(bytes.length * 2);
  const words = new Int32Array(decodeWords.stride);
  words.set([decoder, 0, bytes.length, 0, samples.length]);
  g722.decode(bytes, samples, words, 1);
  assert.equal(words[decodeWords.result], samples.length);
  return samples;
}

/** Samples that the other implementation may have: where ours are cut off at full scale (ITU-T G.722 block LIMIT), it lets them wrap around. */
function decodedAs(expected: Int16Array, bytes: Uint8Array): Float32Array {
  return decode(bytes).map((sample, index) => (sample <= -1 || sample * 32_768 >= 32_767 ? (expected[index] ?? 0) : sample * 32_768));
}

/** Voices, tones up to full scale, noise and square waves: what drives an adaptive quantizer to its limits. */
const inputs: Readonly<Record<string, Float32Array>> = {
  voice: babble({ rate: 16_000, seconds: 4, amplitude: 0.7 }),
  loudTone: tone(1234, { rate: 16_000, amplitude: 0.999 }),
  highTone: tone(6789, { rate: 16_000, amplitude: 0.8 }),
  square: tone(440, { rate: 16_000 }).map((sample) => (sample > 0 ? 0.9999 : -1)),
  noise: Float32Array.from({ length: 16_000 }, (_, index) => ((index * index * 7919) % 65_536) / 32_768 - 1),
  soft: tone(300, { rate: 16_000, amplitude: 0.0005 }),
};

spandspTest('g722', 'encoder and decoder give what another implementation gives, bit for bit', (_t, runSpandsp) => {
  for (const [name, samples] of Object.entries(inputs)) {
    const pcm = Int16Array.from(samples, (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))));
    const floats = Float32Array.from(pcm, (sample) => sample / 32_768);
    const bytes = encode(floats);
    assert.equal(firstDifference(bytes, runSpandsp('encode-g722', pcm)), -1, name);
    const expected = new Int16Array(runSpandsp('decode-g722', bytes).buffer);
    assert.equal(firstDifference(decodedAs(expected, bytes), expected), -1, name);
  }
  const everyByte = Uint8Array.from({ length: 65_536 }, (_, index) => (index * 167 + (index >> 8)) & 255);
  const expected = new Int16Array(runSpandsp('decode-g722', everyByte).buffer);
  assert.equal(firstDifference(decodedAs(expected, everyByte), expected), -1, 'bytes that no encoder sends');
});

nativeTest('g722', 'a voice is heard as it was said, up to 7 kHz', () => {
  const said = inputs['voice'] ?? new Float32Array();
  assert.ok(signalToNoise(said.subarray(0, 32_000), decode(encode(said)), 40).decibels > 20);
  assert.ok(Math.abs(amplitudeAt(6789, decode(encode(tone(6789, { rate: 16_000 }))), 16_000) - 0.5) < 0.05);
});

nativeTest('g722', 'pieces of any length give the same bytes as the whole', () => {
  const g722 = testG722();
  const said = inputs['voice'] ?? new Float32Array();
  const whole = encode(said);
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 40 }), (lengths) => {
    const encoder = g722.openEncoder();
    let at = 0;
    for (const length of lengths) {
      const bytes = encode(said.slice(at * 2, (at + length) * 2), g722, encoder);
      assert.equal(firstDifference(bytes, whole.subarray(at, at + length)), -1);
      at += length;
    }
    g722.closeEncoder(encoder);
  }), { numRuns: 30 });
});

nativeTest('g722', 'wrong numbers and rooms are told', () => {
  const g722 = testG722();
  const [encoder, decoder] = [g722.openEncoder(), g722.openDecoder()];
  const resultOf = (run: G722['encode'], values: readonly number[], at: number): number | undefined => {
    const words = Int32Array.of(...values, 0, 0, 0);
    run(new Uint8Array(10), new Float32Array(20), words, 1);
    return words[at];
  };
  assert.equal(resultOf(g722.encode, [encoder, 0, 19, 0, 10], encodeWords.result), audioFailure.doesNotFit, 'half a byte');
  assert.equal(resultOf(g722.encode, [encoder, 0, 20, 0, 9], encodeWords.result), audioFailure.doesNotFit);
  assert.equal(resultOf(g722.decode, [decoder, 0, 10, 0, 19], decodeWords.result), audioFailure.doesNotFit);
  assert.equal(resultOf(g722.decode, [decoder, 0, 0, 0, 20], decodeWords.result), audioFailure.malformed);
  assert.throws(() => resultOf(g722.decode, [decoder, 0, 11, 0, 20], decodeWords.result), RangeError);
  g722.closeEncoder(encoder);
  g722.closeDecoder(decoder);
  assert.equal(resultOf(g722.encode, [encoder, 0, 20, 0, 10], encodeWords.result), audioFailure.unknownCodec);
  assert.equal(resultOf(g722.decode, [decoder, 0, 10, 0, 20], decodeWords.result), audioFailure.unknownCodec);
});
