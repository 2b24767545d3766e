import { SpectralEnvelope } from './spectral-envelope.ts';

/** Compared at this rate: what speech has above 8 kHz says little, and costs as much. */
const rate = 16_000;
const frameSamples = rate / 50;
/** A quarter of a second is looked for near where the one before was found, a frame of it, with the two beside it, near there. */
const blockFrames = 12;
const blockDriftSamples = rate / 5;
const contextSamples = 3 * frameSamples;
/** How far a jitter buffer may move what is heard within a block: two frames. */
const driftSamples = 2 * frameSamples;
/** Frames below this power are pauses, in which there is nothing to be heard well. */
const pausePower = 1e-5;
/** Beyond these a frame is good or lost, however good or lost (segmental signal-to-noise ratio as in the literature). */
const segmentDecibels = { least: -10, most: 35 } as const;
/**
 * A frame whose spectral envelope is so far from what was said, in dB, was not heard as it was said. Two codings leave 1.5 to 2 at the median and 1 to 2 % of the frames above this; what
 * either server made up for a lost packet is at 6 to 9.
 */
const otherDecibels = 6;

/** What of a recording is heard at the other end, over all frames of 20 ms in which somebody speaks. */
export interface HeardSpeech {
  /** Segmental signal-to-noise ratio, dB. */
  readonly decibels: number;
  /** Part of the frames that sound otherwise than they were said, 0 to 1: concealed, missing, or spoilt by what was. */
  readonly otherShare: number;
}

/** Compares mono sound at 48 kHz with the recording that it should be. Jitter buffers lend and win back time, so frames are found one by one. */
export function compareSpeech(recording: Float32Array, sound: Float32Array): HeardSpeech {
  const [said, heard] = [decimate(recording), decimate(sound)];
  const envelope = new SpectralEnvelope(rate);
  let blockDelay = bestDelay(said.subarray(0, rate), heard, 0, rate);
  let [frames, decibels, others] = [0, 0, 0];
  for (let frame = 1; (frame + 2) * frameSamples <= said.length; frame += 1) {
    const start = frame * frameSamples;
    const clean = said.subarray(start, start + frameSamples);
    if (frame % blockFrames === 1) blockDelay = delayNear(said, heard, start, blockFrames * frameSamples, blockDelay, blockDriftSamples);
    if (power(clean) < pausePower) continue;
    const context = said.subarray(start - frameSamples, start + 2 * frameSamples);
    const place = start + delayNear(said, heard, start - frameSamples, contextSamples, blockDelay, driftSamples);
    const around = heard.subarray(place - frameSamples, place + 2 * frameSamples);
    const gain = correlation(context, around, 0) / Math.max(1e-9, power(around) * contextSamples);
    const noise = power(clean.map((sample, index) => sample - gain * (heard[place + index] ?? 0)));
    frames += 1;
    decibels += Math.min(segmentDecibels.most, Math.max(segmentDecibels.least, 10 * Math.log10(power(clean) / Math.max(noise, 1e-12))));
    if (envelope.distance(said, start, heard, place, gain) > otherDecibels) others += 1;
  }
  return { decibels: decibels / frames, otherShare: others / frames };
}

/** By the mean of neighbours, which is filter enough for speech. */
function decimate(samples: Float32Array): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / 3) }, (_, at) => ((samples[3 * at] ?? 0) + (samples[3 * at + 1] ?? 0) + (samples[3 * at + 2] ?? 0)) / 3);
}

/** How much later a stretch of `said` is in `heard`, at most `drift` from `expected`; what is too soft to be found is as late as is expected. */
function delayNear(said: Float32Array, heard: Float32Array, start: number, length: number, expected: number, drift: number): number {
  const stretch = said.subarray(start, start + length);
  if (power(stretch) < pausePower) return expected;
  return bestDelay(stretch, heard, Math.max(0, start + expected - drift), 2 * drift) - start;
}

/** Where `said` is found in `heard`, looked for in `[from, from + range)`; however loud it is there. */
function bestDelay(said: Float32Array, heard: Float32Array, from: number, range: number): number {
  let [best, most] = [from, Number.NEGATIVE_INFINITY];
  let energy = power(heard.subarray(from, from + said.length)) * said.length;
  for (let delay = from; delay < from + range; delay += 1) {
    const likeness = correlation(said, heard, delay) / Math.sqrt(Math.max(energy, 0) + 1e-6);
    energy += (heard[delay + said.length] ?? 0) ** 2 - (heard[delay] ?? 0) ** 2;
    if (likeness > most) [best, most] = [delay, likeness];
  }
  return best;
}

function correlation(said: Float32Array, heard: Float32Array, delay: number): number {
  let sum = 0;
  for (let at = 0; at < said.length; at += 1) sum += (said[at] ?? 0) * (heard[at + delay] ?? 0);
  return sum;
}

function power(samples: Float32Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length);
}
