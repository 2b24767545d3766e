import assert from 'node:assert/strict';
import fc from 'fast-check';
import { audioFailure, decodeWords, encodeWords } from '../audio/audio-codec.ts';
import type { NumberedCodec } from '../audio/numbered-codec.ts';
import { mutantRuns, mutantsOf } from '../audio/test-mutants.ts';
import { amplitudeAt, babble, rootMeanSquare, tone } from '../audio/test-signals.ts';
import { exportsOf } from '../load-kernel.ts';
import { nativeTest } from '../test-kernels.ts';
import { loadG729 } from './load-g729.ts';

function testG729(): NumberedCodec {
  return exportsOf(loadG729());
}

function encode(samples: Float32Array): Uint8Array {
  const g729 = testG729();
  const bytes = new Uint8Array(samples.length / 8);
  const words = new Int32Array(encodeWords.stride);
  words.set([g729.openEncoder(), 0, samples.length, 0, bytes.length]);
  g729.encode(bytes, samples, words, 1);
  assert.equal(words[encodeWords.result], bytes.length);
  return bytes;
}

/** Decodes one packet, or makes up as many samples as there is room for. */
function decode(g729: NumberedCodec, decoder: number, bytes: Uint8Array, room: number): { readonly result: number; readonly samples: Float32Array } {
  const samples = new Float32Array(room);
  const words = new Int32Array(decodeWords.stride);
  words.set([decoder, 0, bytes.length, 0, room]);
  g729.decode(bytes, samples, words, 1);
  return { result: words[decodeWords.result] ?? 0, samples };
}

nativeTest('g729', 'a tone is heard as it was said, about as loud as it was', () => {
  const g729 = testG729();
  const bytes = encode(tone(440, { rate: 8000, amplitude: 0.3 }));
  assert.equal(bytes.length, 1000, '8 kbit/s');
  const { result, samples } = decode(g729, g729.openDecoder(), bytes, 8000);
  assert.equal(result, 8000);
  assert.ok(Math.abs(amplitudeAt(440, samples.subarray(800), 8000) - 0.3) < 0.06, `${amplitudeAt(440, samples.subarray(800), 8000)}`);
  assert.ok(amplitudeAt(1700, samples.subarray(800), 8000) < 0.02);
});

nativeTest('g729', 'a voice keeps its loudness from syllable to syllable', () => {
  const g729 = testG729();
  const said = babble({ rate: 8000, seconds: 2 });
  const { samples } = decode(g729, g729.openDecoder(), encode(said), said.length);
  // The codec looks 5 ms ahead, and keeps waveforms only roughly.
  for (let at = 800; at + 1600 <= said.length; at += 1600) {
    const [before, after] = [rootMeanSquare(said.subarray(at, at + 1600)), rootMeanSquare(samples.subarray(at + 40, at + 1640))];
    if (before > 0.01) assert.ok(Math.abs(20 * Math.log10(after / before)) < 3, `${before} became ${after}`);
  }
});

nativeTest('g729', 'what is lost is made up and fades, and comfort noise follows speech in one packet', () => {
  const g729 = testG729();
  const decoder = g729.openDecoder();
  const bytes = encode(babble({ rate: 8000, seconds: 1, pitchHz: 150 }));
  decode(g729, decoder, bytes, 8000);
  const madeUp = Array.from({ length: 30 }, () => decode(g729, decoder, new Uint8Array(), 160));
  assert.ok(madeUp.every(({ result }) => result === 160));
  assert.ok(rootMeanSquare(madeUp.at(-1)?.samples ?? tone(300)) < 0.005);
  assert.equal(decode(g729, decoder, bytes.subarray(0, 22), 300).result, 240, 'two frames and one of comfort noise');
  assert.equal(decode(g729, decoder, bytes.subarray(0, 2), 80).result, 80);
});

nativeTest('g729', 'wrong numbers, lengths and rooms are told', () => {
  const g729 = testG729();
  const decoder = g729.openDecoder();
  assert.equal(decode(g729, decoder, new Uint8Array(13), 800).result, audioFailure.malformed);
  assert.equal(decode(g729, decoder, new Uint8Array(20), 159).result, audioFailure.doesNotFit);
  const words = Int32Array.of(g729.openEncoder(), 0, 100, 0, 20, 0, 0, 0);
  g729.encode(new Uint8Array(20), new Float32Array(100), words, 1);
  assert.equal(words[encodeWords.result], audioFailure.doesNotFit, 'one frame and a quarter');
  g729.closeDecoder(decoder);
  assert.equal(decode(g729, decoder, new Uint8Array(10), 80).result, audioFailure.unknownCodec);
});

nativeTest('g729', 'whatever is sent is decoded or refused, and the decoder goes on', () => {
  const g729 = testG729();
  const decoder = g729.openDecoder();
  const packets = [encode(babble({ rate: 8000, seconds: 0.04 })), encode(tone(1000, { rate: 8000, seconds: 0.02 })).subarray(0, 12), new Uint8Array(2)];
  fc.assert(fc.property(mutantsOf(packets), (packet) => {
    const { result, samples } = decode(g729, decoder, packet, 16_000);
    assert.ok((result > 0 && result <= 16_000) || result === audioFailure.malformed, `${result}`);
    assert.ok(samples.every((sample) => Number.isFinite(sample) && Math.abs(sample) <= 1));
  }), mutantRuns);
});
