import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandomness } from '@dialplane/sansio';
import type { AudioPacket, MixCodec } from '../audio-mixer.ts';
import { amplitudeAt, Hearer, rateOf, Talker, testKernels, tone, transcode, withoutAudioKernels } from '../test-mix.ts';

const skip = withoutAudioKernels();
const codecs: readonly MixCodec[] = ['PCMU', 'PCMA', 'G722', 'G729', 'opus'];
const seconds = 3;
/** What is left of a steady tone at least, where codecs make up what was lost themselves: they were made for voices. */
const leastLoudness: Readonly<Record<string, number>> = { G729: 0.006, opus: 0.015 };

/** Two tones that a telephone carries, coded. */
function packetsOf(codec: MixCodec, frequencies: readonly number[]): readonly AudioPacket[] {
  const rate = rateOf(codec).samples * 50;
  const signals = frequencies.map((frequencyHz) => tone(frequencyHz, { rate, seconds, amplitude: 0.15 }));
  const sum = signals[0]?.map((sample, index) => sample + (signals[1]?.[index] ?? 0)) ?? new Float32Array();
  const talker = new Talker(testKernels(), codec, sum);
  return Array.from({ length: seconds * 50 }, (_, index) => {
    const packet = talker.next(index * 20, -1);
    return Object.assign(packet, { bytes: packet.bytes.slice(0, packet.length) });
  });
}

function heard(packets: readonly AudioPacket[], codec: MixCodec): { readonly samples: Float32Array; readonly rate: number } {
  const hearer = new Hearer(testKernels(), codec);
  for (const [index, { bytes, length, timestamp }] of packets.entries()) hearer.hear(bytes.subarray(0, length), { timestamp, startsTalkspurt: false, level: 0 }, index + 1);
  return { samples: hearer.between(1, seconds - 0.5), rate: rateOf(codec).samples * 50 };
}

for (const from of codecs) {
  for (const to of codecs) {
    test(`${from} to ${to}: a tone stays what it was, and nothing is added`, { skip }, () => {
      const { samples, rate } = heard(transcode(packetsOf(from, [1013]), from, to), to);
      const isCoarse = from === 'G729' || to === 'G729';
      assert.ok(Math.abs(amplitudeAt(1013, samples, rate) - 0.15) < (isCoarse ? 0.05 : 0.02), `${amplitudeAt(1013, samples, rate)}`);
      for (const other of [300, 600, 1700, 2026, 2900, 3300]) assert.ok(amplitudeAt(other, samples, rate) < (isCoarse ? 0.015 : 0.005), `${other} Hz: ${amplitudeAt(other, samples, rate)}`);
    });
  }
}

test('PCMU, Opus, G.722, G.729 and back, one after the other: both tones are there', { skip }, () => {
  const chain: readonly MixCodec[] = ['PCMU', 'opus', 'G722', 'G729', 'PCMU'];
  let packets = packetsOf('PCMU', [620, 1480]);
  for (const [index, to] of chain.slice(1).entries()) packets = transcode(packets, chain[index] ?? 'PCMU', to);
  const { samples, rate } = heard(packets, 'PCMU');
  for (const frequencyHz of [620, 1480]) assert.ok(Math.abs(amplitudeAt(frequencyHz, samples, rate) - 0.15) < 0.07, `${frequencyHz} Hz: ${amplitudeAt(frequencyHz, samples, rate)}`);
  for (const other of [400, 1000, 2100, 3000]) assert.ok(amplitudeAt(other, samples, rate) < 0.02, `${other} Hz: ${amplitudeAt(other, samples, rate)}`);
});

for (const from of codecs) {
  test(`${from}: of a tone that loses 5 % of its packets nothing is missing and nothing is cut`, { skip }, () => {
    const randomness = seededRandomness(11);
    const packets = packetsOf(from, [400]).filter(() => randomness.nextUint32() / 2 ** 32 >= 0.05);
    const { samples, rate } = heard(transcode(packets, from, 'PCMA'), 'PCMA');
    assert.equal(rate, 8000);
    const frames = Array.from({ length: Math.floor(samples.length / 160) }, (_, frame) => Math.hypot(...samples.subarray(frame * 160, (frame + 1) * 160)) / Math.sqrt(160));
    assert.ok(frames.every((loudness) => loudness > (leastLoudness[from] ?? 0.03)), frames.map((loudness) => loudness.toFixed(2)).join(' '));
    const steepest = samples.reduce((most, sample, index) => Math.max(most, Math.abs(sample - (samples[index - 1] ?? sample))), 0);
    assert.ok(steepest < 0.15, `${steepest}`);
  });
}
