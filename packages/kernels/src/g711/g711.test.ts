import assert from 'node:assert/strict';
import { decodeWords, encodeWords } from '../audio/audio-codec.ts';
import { firstDifference, signalToNoise, tone } from '../audio/test-signals.ts';
import { spandspTest } from '../audio/test-spandsp.ts';
import { exportsOf } from '../load-kernel.ts';
import { nativeTest } from '../test-kernels.ts';
import { g711Law } from './g711.ts';
import { loadG711 } from './load-g711.ts';

function g711() {
  return exportsOf(loadG711());
}

function encode(law: number, samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length);
  const words = new Int32Array(encodeWords.stride);
  words[encodeWords.codec] = law;
  words[encodeWords.sampleCount] = samples.length;
  words[encodeWords.byteCapacity] = bytes.length;
  g711().encode(bytes, samples, words, 1);
  assert.equal(words[encodeWords.result], samples.length);
  return bytes;
}

function decode(law: number, bytes: Uint8Array): Float32Array {
  const samples = new Float32Array(bytes.length);
  const words = new Int32Array(decodeWords.stride);
  words[decodeWords.codec] = law;
  words[decodeWords.byteLength] = bytes.length;
  words[decodeWords.sampleCount] = samples.length;
  g711().decode(bytes, samples, words, 1);
  assert.equal(words[decodeWords.result], bytes.length);
  return samples;
}

/** Every sample of 16 bits there is. */
const everySample = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
const everyCode = Uint8Array.from({ length: 256 }, (_, index) => index);
const asFloats = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768);

for (const [name, law] of Object.entries(g711Law)) {
  spandspTest('g711', `${name}: every sample becomes the byte and every byte the sample of another implementation`, (_t, runSpandsp) => {
    assert.equal(firstDifference(encode(law, asFloats(everySample)), runSpandsp(`encode-${name}`, everySample)), -1);
    assert.deepEqual(decode(law, everyCode), asFloats(new Int16Array(runSpandsp(`decode-${name}`, everyCode).buffer)));
  });

  nativeTest('g711', `${name}: a tone is heard as it was said`, () => {
    const said = tone(440, { rate: 8000 });
    assert.ok(signalToNoise(said, decode(law, encode(law, said))).decibels > 36);
  });

  nativeTest('g711', `${name}: what was decoded is encoded to the same byte`, () => {
    // Minus zero of the µ-law has no sample of its own.
    const expected = everyCode.map((code) => (law === g711Law.muLaw && code === 0x7f ? 0xff : code));
    assert.deepEqual(encode(law, decode(law, everyCode)), expected);
  });
}

nativeTest('g711', 'samples beyond full scale are cut off, and there are two laws', () => {
  assert.deepEqual(encode(g711Law.aLaw, Float32Array.of(9, -9, NaN)).subarray(0, 2), encode(g711Law.aLaw, Float32Array.of(1, -1)));
  const words = Int32Array.of(2, 0, 1, 0, 1, 0, 0, 0);
  g711().decode(new Uint8Array(1), new Float32Array(1), words, 1);
  assert.equal(words[decodeWords.result], -1);
});
