import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { missingOf, skipWithout } from '@dialplane/testing';
import { DtmfDetector } from './dtmf-detector.ts';

/** Runs libspandsp's keys over samples of 16 bits at 8,000 Hz. */
type RunSpandsp = (words: readonly string[], input?: Int16Array) => Buffer;

/** A test beside libspandsp, an independent implementation (Debian: libspandsp-dev); where it is not installed it is skipped and says so, in CI it fails. */
export function spandspTest(name: string, run: (t: TestContext, runSpandsp: RunSpandsp) => void): void {
  test(name, { skip: skipWithout(missingOf('/usr/include/spandsp/g711.h')) }, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'dialplane-dtmf-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const program = join(folder, 'dtmf');
    execFileSync('g++', ['-std=c++20', '-o', program, join(import.meta.dirname, 'test-spandsp-dtmf.cc'), '-lspandsp'], { stdio: ['ignore', 'inherit', 'inherit'] });
    run(t, (words, input = new Int16Array()) => execFileSync(program, words, { input: Buffer.from(input.buffer, input.byteOffset, input.byteLength), maxBuffer: 2 ** 26 }));
  });
}

/** Sentences of a voice of espeak-ng (Debian: espeak-ng), at 8,000 Hz without any low pass. @throws {Error} Where it is not installed. */
export function telephoneSpeech(voice: string, text: string): Float32Array {
  const wave = execFileSync('espeak-ng', ['-v', voice, '--stdout', text], { maxBuffer: 2 ** 26 });
  const rate = wave.readUInt32LE(24);
  const count = Math.floor((((wave.length - 44) >> 1) * 8000) / rate);
  return Float32Array.from({ length: count }, (_, index) => wave.readInt16LE(44 + 2 * Math.floor((index * rate) / 8000)) / 32_768);
}

export function floatsOf(bytes: Uint8Array): Float32Array {
  return Float32Array.from(new Int16Array(Uint8Array.from(bytes).buffer), (sample) => sample / 32_768);
}

export function pcmOf(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(sample * 32_767));
}

/** White noise of a root mean square, the same every time. */
export function noise(count: number, rootMeanSquare: number): Float32Array {
  let state = 1;
  const next = (): number => (state = (state * 16_807) % 2_147_483_647) / 1_073_741_823.5 - 1;
  return Float32Array.from({ length: count }, () => next() * rootMeanSquare * Math.sqrt(3));
}

/** The keys that are found, given in pieces of 20 ms. */
export function keysIn(samples: Float32Array): string {
  const detector = new DtmfDetector();
  let keys = '';
  for (let at = 0; at < samples.length; at += 160) keys += detector.take(samples, at, Math.min(160, samples.length - at));
  return keys;
}
