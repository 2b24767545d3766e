import { decodeWords, loadOpus, type Opus } from '@dialplane/kernels';
import { drive } from './load-driver.ts';
import type { LoadEngine } from './load-engine.ts';
import type { MediaServer } from './media-server.ts';
import { AudioSource } from './media-sources.ts';
import { present, recordedSpeech, sampleRate, seededNoise, silentFrames } from './speech.ts';

const periodMs = 20;
/** Compared at 16 kHz: what speech has above that says little, and costs as much. */
const decimation = 3;
const rate = sampleRate.opus / decimation;
const blockSamples = rate / 4;
const frameSamples = rate / 50;
/** How far a jitter buffer may move what is heard within the recording. */
const driftSamples = rate / 10;
/** Frames below this power are pauses, in which there is nothing to be heard well. */
const pausePower = 1e-5;
/** Beyond these a frame is good or lost, however good or lost (segmental signal-to-noise ratio as in the literature). */
const segmentDecibels = { least: -10, most: 35 } as const;

/**
 * One participant says a recording of which a share of the packets is lost, another one hears it: segmental signal-to-noise ratio in dB of what the listener decodes against the
 * recording, after alignment. Two Opus codings are in it, for every server alike.
 */
export async function measureSoundQuality(engine: LoadEngine, server: MediaServer, lostShare: number): Promise<number> {
  await using room = await server.openMixed();
  await using speaker = await room.join(engine, 'opus');
  await using listener = await room.join(engine, 'opus');
  const { samples, frames } = recordedSpeech();
  const source = new AudioSource(speaker.client, speaker.ssrc, 'opus', frames);
  const silence = new AudioSource(listener.client, listener.ssrc, 'opus', silentFrames('opus'));
  const recorder = new Recorder(samples.length + sampleRate.opus);
  listener.client.onPacket = (slab, offset, length, headerLength) => recorder.take(slab, offset, length, headerLength);
  const startMs = performance.now();
  // The same packets are lost for every server.
  const random = seededNoise();
  const pace = {
    tick: (_: LoadEngine, nowMs: number): void => {
      while (source.spoken < (nowMs - startMs) / periodMs) {
        if (random() < lostShare) source.loseFrame();
        else source.sendFrame(engine, nowMs);
        silence.sendFrame(engine, nowMs);
      }
    },
  };
  await drive(engine, [pace], frames.length * periodMs);
  return segmentalRatio(decimate(samples), decimate(recorder.samples));
}

/** Decodes a stream and puts each packet where its timestamp says. */
class Recorder {
  readonly samples: Float32Array;
  private readonly opus: Opus = present(loadOpus());
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

/** By the mean of neighbours, which is filter enough for speech. */
function decimate(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / decimation) }, (_, at) => {
    let sum = 0;
    for (let index = 0; index < decimation; index += 1) sum += samples[at * decimation + index] ?? 0;
    return sum / decimation;
  });
}

/** Mean over the frames in which somebody speaks; each block is aligned by itself, near where the one before was. */
function segmentalRatio(said: Float32Array, heard: Float32Array): number {
  let delay = bestDelay(said.subarray(0, 2 * blockSamples), heard, 0, rate, 1);
  const ratios: number[] = [];
  for (let start = 0; start + blockSamples <= said.length; start += blockSamples) {
    const block = said.subarray(start, start + blockSamples);
    if (power(block) < pausePower) continue;
    const from = Math.max(0, start + delay - driftSamples);
    const at = from + bestDelay(block, heard.subarray(from), 0, 2 * driftSamples, 1);
    delay = at - start;
    const gain = correlation(block, heard, at, 1) / Math.max(1e-9, power(heard.subarray(at, at + block.length)) * block.length);
    for (let frame = 0; frame + frameSamples <= block.length; frame += frameSamples) {
      const clean = block.subarray(frame, frame + frameSamples);
      if (power(clean) < pausePower) continue;
      const noise = power(clean.map((sample, index) => sample - gain * (heard[at + frame + index] ?? 0)));
      const ratio = 10 * Math.log10(power(clean) / Math.max(noise, 1e-12));
      ratios.push(Math.min(segmentDecibels.most, Math.max(segmentDecibels.least, ratio)));
    }
  }
  return ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
}

/** Where `said` is found in `heard`, looked for in `[from, from + range)`; `step` skips samples of the comparison. */
function bestDelay(said: Float32Array, heard: Float32Array, from: number, range: number, step: number): number {
  let best = from;
  let most = Number.NEGATIVE_INFINITY;
  for (let delay = from; delay < from + range; delay += 1) {
    const likeness = correlation(said, heard, delay, step);
    if (likeness > most) [best, most] = [delay, likeness];
  }
  return best;
}

function correlation(said: Float32Array, heard: Float32Array, delay: number, step: number): number {
  let sum = 0;
  for (let at = 0; at < said.length; at += step) sum += (said[at] ?? 0) * (heard[at + delay] ?? 0);
  return sum;
}

function power(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}
