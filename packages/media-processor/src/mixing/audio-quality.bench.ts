/**
 * What mixing leaves of speech: segmental signal-to-noise ratio against the original, and how much is made up, with lost packets and with jitter. Beside it, in the same
 * run and with the same losses: the same packets decoded by their listener directly, without any mixer and without jitter. That is what coding alone costs; a mix is
 * decoded and encoded once more. In virtual time.
 */
import { decodedPart, decodeWords } from '@dialplane/kernels';
import { seededRandomness } from '@dialplane/sansio';
import type { AudioPacket } from './audio-mixer.ts';
import { segmentalSnr, speech } from './test-speech.ts';
import { Talker, TestMix, testKernels } from './test-mix.ts';

interface Line {
  readonly title: string;
  readonly loss: number;
  readonly jitterMs: number;
  /** What the sender's encoder is told, for in-band FEC. */
  readonly expectedLossPercent: number;
}

const lines: readonly Line[] = [
  ...[0, 0.02, 0.05, 0.1].map((loss) => ({ title: `${loss * 100} % lost`, loss, jitterMs: 1, expectedLossPercent: 0 })),
  ...[0, 0.02, 0.05, 0.1].map((loss) => ({ title: `${loss * 100} % lost, in-band FEC for 10 %`, loss, jitterMs: 1, expectedLossPercent: 10 })),
  { title: '0 % lost, 30 ms of jitter', loss: 0, jitterMs: 30, expectedLossPercent: 0 },
];
const loud = 25;
const kernels = testKernels();
const said = speech();
const frames = Math.floor(said.length / 960);

console.table(lines.map((line) => {
  const packets = packetsOf(line);
  const direct = segmentalSnr(said, decodedDirectly(packets));
  const mixed = mixedSpeech(packets);
  const { decibels, delayMs } = segmentalSnr(said, mixed.heard);
  return { 'segmental SNR, dB': line.title, 'not mixed': direct.decibels.toFixed(1), mixed: decibels.toFixed(1), 'made up': `${(100 * mixed.madeUp).toFixed(1)} %`, 'delay, ms (13 of them coding)': delayMs.toFixed(1) };
}));

/** The packets of the speech that arrive, in order of their arrival. */
function packetsOf({ loss, jitterMs, expectedLossPercent }: Line): readonly AudioPacket[] {
  const randomness = seededRandomness(7);
  const chance = (): number => randomness.nextUint32() / 2 ** 32;
  const talker = new Talker(kernels, 'opus', said, 1, { expectedLossPercent, signal: 'voice' });
  const packets = Array.from({ length: frames }, (_, index) => {
    const packet = talker.next(index * 20 + jitterMs * chance(), loud);
    return Object.assign(packet, { bytes: packet.bytes.slice(0, packet.length) });
  });
  return packets.filter(() => chance() >= loss).toSorted((a, b) => a.arrivedAt - b.arrivedAt);
}

/** By a listener who has every packet that is not lost in time. */
function decodedDirectly(packets: readonly AudioPacket[]): Float32Array {
  const decoder = kernels.opus.openDecoder(48_000);
  const bySequence = new Map(packets.map((packet) => [packet.sequenceNumber, packet]));
  const heard = new Float32Array(frames * 960 + 5760);
  for (let index = 0; index < frames; index += 1) {
    const [packet, next] = [bySequence.get(index), bySequence.get(index + 1)];
    const { bytes = new Uint8Array(1), length = 0 } = packet ?? next ?? {};
    const words = new Int32Array(decodeWords.stride);
    words.set([decoder, 0, length, index * 960, 960, packet === undefined && next !== undefined ? decodedPart.redundancy : decodedPart.packet]);
    kernels.opus.decode(bytes, heard, words, 1);
  }
  return heard.subarray(0, frames * 960);
}

function mixedSpeech(packets: readonly AudioPacket[]): { readonly heard: Float32Array; readonly madeUp: number } {
  const room = new TestMix();
  room.join(1);
  const hearer = room.join(2, { codec: 'opus' });
  let next = 0;
  room.run(frames, (tick) => {
    const arrived: (readonly [number, AudioPacket])[] = [];
    for (let packet = packets[next]; packet !== undefined && packet.arrivedAt <= tick * 20 - 7; packet = packets[(next += 1)]) arrived.push([1, packet]);
    return arrived;
  });
  const { decodedFrames, concealedFrames } = room.counters.read();
  return { heard: Float32Array.from(hearer.heard), madeUp: concealedFrames / (decodedFrames + concealedFrames) };
}
