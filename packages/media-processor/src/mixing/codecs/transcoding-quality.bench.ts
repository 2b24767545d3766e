/**
 * What transcoding leaves of speech as a telephone carries it: segmental signal-to-noise ratio at 8,000 Hz against what was said, by codecs on both sides and by share of
 * lost packets. Beside it, in the same run and with the same losses: the same packets decoded by a listener without anything between. In virtual time.
 */
import { decodedPart, decodeWords } from '@dialplane/kernels';
import { seededRandomness } from '@dialplane/sansio';
import type { AudioPacket, MixCodec } from '../audio-mixer.ts';
import { AudioWorkspace } from '../audio-workspace.ts';
import { FrameResampler } from './frame-resampler.ts';
import { samplesOfFrame, type SampleRate } from './sample-rates.ts';
import { Hearer, rateOf, Talker, testKernels, transcode } from '../test-mix.ts';
import { segmentalSnr, speech } from '../test-speech.ts';

const kernels = testKernels();
const said = new Map<number, Float32Array>();
const wideband = speech();
for (const rate of [8000, 16_000, 48_000] as const) said.set(rate, atRate(atRate(wideband, 48_000, 8000), 8000, rate));
const narrowband = said.get(8000) ?? new Float32Array();
const frames = Math.floor(narrowband.length / 160);
const pairs: readonly (readonly [MixCodec, MixCodec])[] = [['PCMU', 'PCMU'], ['PCMU', 'PCMA'], ['PCMU', 'G722'], ['PCMU', 'opus'], ['opus', 'PCMU'], ['opus', 'G722'], ['G722', 'PCMU'], ['PCMU', 'G729'], ['G729', 'PCMU'], ['G729', 'opus'], ['opus', 'G729']];

/** What is lost on the way, and what the encoder of Opus was told of that for its in-band FEC. */
const ways = (from: MixCodec) => [{ loss: 0, expected: 0 }, { loss: 0.05, expected: 0 }, ...(from === 'opus' ? [{ loss: 0.05, expected: 5 }] : [])];

console.table(pairs.flatMap(([from, to]) => ways(from).map(({ loss, expected }) => {
  const packets = packetsOf(from, loss, expected);
  const direct = segmentalSnr(narrowband, decodedDirectly(packets, from), 8000);
  const transcoded = segmentalSnr(narrowband, heardOf(transcode(packets, from, to), to), 8000);
  return { 'from, to, lost': `${from}, ${to}, ${loss * 100} %${expected > 0 ? ', FEC' : ''}`, 'coded once, dB': direct.decibels.toFixed(1), 'transcoded, dB': transcoded.decibels.toFixed(1), 'delay of both, ms': transcoded.delayMs.toFixed(1) };
})));

/** The packets of the speech that arrive. */
function packetsOf(codec: MixCodec, loss: number, expectedLossPercent: number): readonly AudioPacket[] {
  const randomness = seededRandomness(7);
  const talker = new Talker(kernels, codec, said.get(rateOf(codec).samples * 50) ?? new Float32Array(), 1, { expectedLossPercent, signal: 'voice' });
  const packets = Array.from({ length: frames }, (_, index) => {
    const packet = talker.next(index * 20, -1);
    return Object.assign(packet, { bytes: packet.bytes.slice(0, packet.length) });
  });
  return packets.filter(() => randomness.nextUint32() / 2 ** 32 >= loss);
}

/** What comes, with silence for what does not, at 8,000 Hz. */
function heardOf(packets: readonly AudioPacket[], codec: MixCodec): Float32Array {
  const hearer = new Hearer(kernels, codec);
  for (const { sequenceNumber, bytes, length, timestamp } of packets) hearer.hear(bytes.subarray(0, length), { timestamp, startsTalkspurt: false, level: 0 }, sequenceNumber + 1);
  return atRate(Float32Array.from(hearer.heard), (rateOf(codec).samples * 50) as SampleRate, 8000);
}

/** By a listener who makes up what is missing as the codec does, and hears silence where it does not. */
function decodedDirectly(packets: readonly AudioPacket[], codec: MixCodec): Float32Array {
  const makesUp = codec === 'opus' ? kernels.opus : codec === 'G729' ? kernels.g729 : undefined;
  const bySequence = new Map(packets.map((packet) => [packet.sequenceNumber, packet]));
  if (makesUp === undefined) return heardOf([...bySequence.values()], codec);
  const decoder = codec === 'opus' ? kernels.opus.openDecoder(48_000) : (kernels.g729?.openDecoder() ?? 0);
  const { samples } = rateOf(codec);
  const heard = new Float32Array((frames + 6) * samples);
  for (let index = 0; index < frames; index += 1) {
    const { bytes = new Uint8Array(1), length = 0 } = bySequence.get(index) ?? {};
    const words = new Int32Array(decodeWords.stride);
    words.set([decoder, 0, length, index * samples, samples, decodedPart.packet]);
    makesUp.decode(bytes, heard, words, 1);
  }
  return atRate(heard, (samples * 50) as SampleRate, 8000);
}

/** The whole signal at another rate. */
function atRate(samples: Float32Array, from: SampleRate, to: SampleRate): Float32Array {
  if (from === to) return samples;
  const workspace = new AudioWorkspace(kernels);
  const resampler = new FrameResampler(workspace, from, to);
  const [read, made] = [samplesOfFrame(from), samplesOfFrame(to)];
  const [source, destination] = [workspace.scratch(0), workspace.scratch(1)];
  const resampled = new Float32Array(Math.floor(samples.length / read) * made);
  for (let frame = 0; frame * made < resampled.length; frame += 1) {
    workspace.samples.set(samples.subarray(frame * read, (frame + 1) * read), source);
    resampler.run(source, destination);
    resampled.set(workspace.samples.subarray(destination, destination + made), frame * made);
  }
  return resampled;
}
