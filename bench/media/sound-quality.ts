import { decodeWords, exportsOf, loadOpus, type Opus } from '@dialplane/kernels';
import { compareSpeech, type HeardSpeech } from './heard-speech.ts';
import { drive } from './load-driver.ts';
import type { LoadEngine } from './load-engine.ts';
import type { MediaServer } from './media-server.ts';
import { AudioSource } from './media-sources.ts';
import { recordedSpeech, sampleRate, seededNoise, silentFrames } from './speech.ts';

const periodMs = 20;

/** A line on which speech is lost. */
export interface LossyLine {
  /** Part of the packets that is lost, 0 to 1; the same packets for every server. */
  readonly lostShare: number;
  /** What the speaker's encoder expects to be lost, as browsers are told by receiver reports: from there on packets repeat the one before them (in-band FEC, RFC 6716 §2.1.7). */
  readonly expectedLossPercent: number;
}

/** One participant says a recording over a lossy line, another one hears it: what the listener decodes, beside the recording. Two Opus codings are in it, for every server alike. */
export async function measureSoundQuality(engine: LoadEngine, server: MediaServer, line: LossyLine): Promise<HeardSpeech> {
  await using room = await server.openMixed();
  await using speaker = await room.join(engine, 'opus');
  await using listener = await room.join(engine, 'opus');
  const { samples, frames } = recordedSpeech(line.expectedLossPercent);
  const source = new AudioSource(speaker.client, speaker.ssrc, 'opus', frames);
  const silence = new AudioSource(listener.client, listener.ssrc, 'opus', silentFrames('opus'));
  const recorder = new Recorder(samples.length + sampleRate.opus);
  listener.client.onPacket = (slab, offset, length, headerLength) => recorder.take(slab, offset, length, headerLength);
  const startMs = performance.now();
  const random = seededNoise();
  const pace = {
    tick: (_: LoadEngine, nowMs: number): void => {
      while (source.spoken < (nowMs - startMs) / periodMs) {
        if (random() < line.lostShare) source.loseFrame();
        else source.sendFrame(engine, nowMs);
        silence.sendFrame(engine, nowMs);
      }
    },
  };
  await drive(engine, [pace], frames.length * periodMs);
  return compareSpeech(samples, recorder.samples);
}

/** Decodes a stream and puts each packet where its timestamp says. */
class Recorder {
  readonly samples: Float32Array;
  private readonly opus: Opus = exportsOf(loadOpus());
  private readonly decoder = this.opus.openDecoder(sampleRate.opus);
  private readonly decoded = new Float32Array((sampleRate.opus * 120) / 1000);
  private readonly words = new Int32Array(decodeWords.stride);
  private first: number | undefined;

  constructor(length: number) {
    this.samples = new Float32Array(length);
  }

  take(bytes: Uint8Array, offset: number, length: number, headerLength: number): void {
    const timestamp = new DataView(bytes.buffer, bytes.byteOffset + offset).getUint32(4);
    this.first ??= timestamp;
    this.words.set([this.decoder, offset + headerLength, length - headerLength, 0, this.decoded.length, 0]);
    this.opus.decode(bytes, this.decoded, this.words, 1);
    const count = this.words[decodeWords.result] ?? 0;
    const at = (timestamp - this.first) >>> 0;
    if (count > 0 && at + count <= this.samples.length) this.samples.set(this.decoded.subarray(0, count), at);
  }
}
