import { execFileSync } from 'node:child_process';

const text = 'The boat slid over the smooth planks. Glue the sheet to the dark blue background. It is easy to tell the depth of a well. These days a chicken leg is a rare dish. Rice is often served in round bowls.';

/** Sentences spoken by espeak-ng (Debian: espeak-ng), at 48 kHz. @throws {Error} Where it is not installed. */
export function speech(voice = 'en'): Float32Array {
  const wave = execFileSync('espeak-ng', ['-v', voice, '--stdout', text], { maxBuffer: 2 ** 26 });
  const rate = wave.readUInt32LE(24);
  const spoken = Array.from({ length: (wave.length - 44) >> 1 }, (_, index) => wave.readInt16LE(44 + 2 * index) / 32_768);
  return Float32Array.from({ length: Math.floor((spoken.length * 48_000) / rate) }, (_, index) => {
    const place = (index * rate) / 48_000;
    const before = spoken[Math.floor(place)] ?? 0;
    return before + ((spoken[Math.floor(place) + 1] ?? before) - before) * (place % 1);
  });
}

/** A frame softer than this is a pause; ratios are kept to what an ear tells apart. */
const pause = 1e-5;
const leastDecibels = -10;
const mostDecibels = 35;

/**
 * Segmental signal-to-noise ratio of a copy that is late: the mean over frames of 20 ms with a voice in them, in dB. The copy is aligned anew every half second, since a
 * jitter buffer may lend and win back delay.
 */
export function segmentalSnr(said: Float32Array, heard: Float32Array, rate = 48_000): { readonly decibels: number; readonly delayMs: number } {
  const [frame, piece] = [rate / 50, rate / 2];
  const ratios: number[] = [];
  const delays: number[] = [];
  for (let start = 0; start + piece <= said.length; start += piece) {
    const delay = bestDelay(said.subarray(start, start + piece), heard.subarray(start), rate);
    delays.push((delay * 1000) / rate);
    for (let at = start; at < start + piece && at + delay + frame <= heard.length; at += frame) {
      const [signal, noise] = [energyOf(at, frame, (index) => said[index] ?? 0), energyOf(at, frame, (index) => (heard[index + delay] ?? 0) - (said[index] ?? 0))];
      if (signal / frame >= pause) ratios.push(Math.min(Math.max(10 * Math.log10(signal / (noise + 1e-12)), leastDecibels), mostDecibels));
    }
  }
  return { decibels: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length, delayMs: delays.toSorted((a, b) => a - b)[delays.length >> 1] ?? 0 };
}

function energyOf(start: number, frame: number, at: (index: number) => number): number {
  let sum = 0;
  for (let index = start; index < start + frame; index += 1) sum += at(index) ** 2;
  return sum;
}

/** Up to 150 ms: first roughly, then exactly. */
function bestDelay(said: Float32Array, heard: Float32Array, rate: number): number {
  const coarse = rate / 4000;
  const likeness = (delay: number, step: number): number => {
    let sum = 0;
    for (let index = 0; index + delay < heard.length && index < said.length; index += step) sum += (said[index] ?? 0) * (heard[index + delay] ?? 0);
    return sum;
  };
  const best = (delays: readonly number[], step: number): number => delays.reduce((most, delay) => (likeness(delay, step) > likeness(most, step) ? delay : most));
  const rough = best(Array.from({ length: 600 }, (_, index) => index * coarse), Math.max(1, Math.round(rate / 10_000)));
  return best(Array.from({ length: 2 * coarse + 1 }, (_, index) => Math.max(0, rough - coarse + index)), 1);
}
