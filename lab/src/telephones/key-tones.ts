/** Keys as pairs of tones in the sound (ITU-T Q.23), written for a telephone that plays a file and read from what one has heard. */
import { readFile, writeFile } from 'node:fs/promises';
import { encodeWav } from '../browsers/fake-devices.ts';
import { newestAsItGrows, toneLevel, wavHeaderBytes } from './ear.ts';
import { patiently } from './telephone.ts';

const lowHz = [697, 770, 852, 941] as const;
const highHz = [1209, 1336, 1477] as const;
const keypad = ['123', '456', '789', '*0#'] as const;

const writtenRate = 48_000;
const toneMs = 100;
const pauseMs = 100;

/** Writes a WAV file in which these keys are pressed again and again, with a second of silence between. */
export async function writeKeyTones(keys: string, file: string, seconds: number): Promise<void> {
  const parts = [...[...keys].flatMap((key) => [tone(key), silence(pauseMs)]), silence(1000)];
  const round = parts.flatMap((part) => Array.from(part));
  await writeFile(file, encodeWav(new Float32Array(writtenRate * seconds).map((_, index) => round[index % round.length] ?? 0)));
}

function tone(key: string): Float32Array {
  const row = keypad.findIndex((keys) => keys.includes(key));
  const [low = 0, high = 0] = [lowHz[row], highHz[keypad[row]?.indexOf(key) ?? -1]];
  return silence(toneMs).map((_, index) => 0.3 * (Math.sin((2 * Math.PI * low * index) / writtenRate) + Math.sin((2 * Math.PI * high * index) / writtenRate)));
}

function silence(milliseconds: number): Float32Array {
  return new Float32Array((writtenRate * milliseconds) / 1000);
}

/** Waits until these keys sound, in this order, in the newest file of `folder` whose name ends so; rejects with those that sound instead. */
export async function hearKeysInFolder(folder: string, ending: string, expected: string): Promise<void> {
  let heard = '';
  const listen = async (): Promise<void> => {
    for await (const path of newestAsItGrows(folder, ending)) {
      heard = keysIn(await readFile(path));
      if (heard.includes(expected)) return;
    }
  };
  await patiently(listen(), () => `to hear the keys ${expected} in the sound, and hears ${heard || 'none'}`);
}

/** Of one look: shorter than a key and its pause, long enough to tell one tone from the next. */
const blockSamples = 160;
const audibleDb = -40;
/** By how much a tone of a key stands out of the others of its group. */
const distanceDb = 10;

/** The keys in a WAV file (16 bits, mono, 8 kHz): each pair of tones that stands in two blocks one after the other, once. */
function keysIn(wav: Buffer): string {
  const length = Math.max(0, Math.floor((wav.length - wavHeaderBytes) / 2));
  const samples = Int16Array.from({ length }, (_, index) => wav.readInt16LE(wavHeaderBytes + 2 * index));
  const blocks = Array.from({ length: Math.floor(length / blockSamples) }, (_, block) => keyIn(samples.subarray(block * blockSamples, (block + 1) * blockSamples)));
  return blocks.filter((key, index) => key !== undefined && key === blocks[index + 1] && key !== blocks[index - 1]).join('');
}

function keyIn(block: Int16Array): string | undefined {
  const [row, column] = [standsOut(block, lowHz), standsOut(block, highHz)];
  return row === undefined || column === undefined ? undefined : keypad[row]?.[column];
}

/** Which of these frequencies is in the block, where exactly one is. */
function standsOut(block: Int16Array, frequencies: readonly number[]): number | undefined {
  const levels = frequencies.map((frequency) => toneLevel(block, frequency));
  const loudest = Math.max(...levels);
  const near = levels.filter((level) => level > loudest - distanceDb);
  return loudest < audibleDb || near.length > 1 ? undefined : levels.indexOf(loudest);
}
