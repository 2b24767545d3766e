import { watch } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { burstMs, everybody, people, type Person } from '../browsers/test-signal.ts';
import { patiently } from './telephone.ts';

/** Samples per second of what is listened to. */
const sampleRate = 8000;
/** A little more than burst plus pause: a tone that sounds is in every window of this length. */
const windowSamples = ((2 * burstMs + 100) * sampleRate) / 1000;
/** Of one reading: 20 Hz between frequencies, far less than between two tones. */
const blockSamples = 400;
/** Of a WAV file without extensions. */
export const wavHeaderBytes = 44;

/** Waits until all of these, and nobody else, sound in a whole window of the newest file in `folder` whose name ends so; rejects with what is heard instead. */
export async function hearInFolder(folder: string, ending: string, expected: readonly Person[]): Promise<void> {
  const wanted = expected.toSorted().join();
  let levels: Awaited<ReturnType<typeof levelsIn>>;
  const listen = async (): Promise<void> => {
    for await (const path of newestAsItGrows(folder, ending)) {
      levels = await levelsIn(path);
      if (levels !== undefined && heardAt(levels).toSorted().join() === wanted) return;
    }
  };
  await patiently(listen(), () => `to hear ${wanted}, and hears ${JSON.stringify(levels)}`);
}

/** The newest file of a folder, each time it has grown. */
export async function* newestAsItGrows(folder: string, ending: string): AsyncGenerator<string> {
  const changes = watch(folder, { persistent: false });
  const changed = (): Promise<void> => new Promise((resolve) => void changes.once('change', () => resolve()));
  try {
    let known = 0;
    for (;;) {
      const next = changed();
      const newest = (await readdir(folder)).filter((name) => name.endsWith(ending)).toSorted().at(-1);
      const path = newest === undefined ? undefined : join(folder, newest);
      const samples = path === undefined ? 0 : await samplesIn(path);
      if (path !== undefined && samples !== known) yield path;
      known = samples;
      await next;
    }
  } finally {
    changes.close();
  }
}

/** The strongest level of each person's tone in the last window of a growing WAV file (16 bits, mono, 8 kHz), in dB below full scale; `undefined` before there is a window. */
async function levelsIn(path: string): Promise<Readonly<Record<Person, number>> | undefined> {
  const samples = await lastSamples(path);
  if (samples === undefined) return undefined;
  const blocks = Array.from({ length: Math.floor(windowSamples / blockSamples) }, (_, block) => samples.subarray(block * blockSamples, (block + 1) * blockSamples));
  return Object.fromEntries(everybody.map((person) => [person, Math.round(Math.max(...blocks.map((block) => toneLevel(block, people[person].toneHz))))])) as Record<Person, number>;
}

/** How much sound the file has by now, in samples. */
async function samplesIn(path: string): Promise<number> {
  await using file = await open(path);
  return Math.max(0, ((await file.stat()).size - wavHeaderBytes) / 2);
}

async function lastSamples(path: string): Promise<Int16Array | undefined> {
  await using file = await open(path);
  const { size } = await file.stat();
  const bytes = windowSamples * 2;
  if (size < wavHeaderBytes + bytes) return undefined;
  const buffer = new Int16Array(windowSamples);
  await file.read(buffer, 0, bytes, size - bytes - (size % 2));
  return buffer;
}

/** Goertzel: the amplitude of one frequency in a block of 8000 samples per second, in dB below full scale. */
export function toneLevel(block: Int16Array, toneHz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * toneHz) / sampleRate);
  let last = 0;
  let beforeLast = 0;
  for (const sample of block) [last, beforeLast] = [sample / 32_768 + coefficient * last - beforeLast, last];
  const power = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
  return 10 * Math.log10(Math.max(1e-12, (4 * power) / (block.length * block.length)));
}

const audibleDb = -60;
const distanceDb = 15;

/** Whose tones sound, as `allHeardIn` of the pages says it. */
function heardAt(levels: Readonly<Record<Person, number>>): readonly Person[] {
  const loudest = Math.max(...everybody.map((person) => levels[person]));
  return everybody.filter((person) => levels[person] >= audibleDb && levels[person] > loudest - distanceDb);
}
