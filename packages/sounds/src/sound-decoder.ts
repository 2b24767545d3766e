import { Worker } from 'node:worker_threads';
import type { SoundFile } from '@dialplane/media-api';

export interface DecodingRequest {
  /** A WAV file. */
  readonly bytes: Uint8Array;
  /** Where what is made of it is written. */
  readonly path: string;
}

export type Decoding =
  | { readonly kind: 'decoded'; readonly sound: SoundFile; /** Of the file that was written. */ readonly bytes: number }
  | { readonly kind: 'refused'; readonly sentence: string };

/** A file that nobody means takes no longer and no more. */
const withinMs = 30_000;
const mostHeapMegabytes = 512;

/** The rate at which a sound is played: the lowest that loses nothing of it. */
export function playedRate(sampleRate: number): SoundFile['sampleRate'] {
  return sampleRate <= 8000 ? 8000 : sampleRate <= 16_000 ? 16_000 : 48_000;
}

/** Decodes files one after the other in a thread, which is there from the first one on. Whatever a file does to it, that file is refused, and the next one has another thread. */
export class SoundDecoder {
  #worker: Worker | undefined;
  /** Of the file that is being decoded. */
  #settle: (decoding: Decoding | Error) => void = () => undefined;
  #last: Promise<unknown> = Promise.resolve();

  decode(request: DecodingRequest): Promise<Decoding> {
    const decoding = this.#last.then(() => this.#decode(request));
    this.#last = decoding;
    return decoding;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #decode(request: DecodingRequest): Promise<Decoding> {
    const { promise, resolve } = Promise.withResolvers<Decoding | Error>();
    this.#settle = resolve;
    const outOfPatience = setTimeout(() => resolve(new Error(`it takes longer than ${withinMs / 1000} seconds`)), withinMs);
    (this.#worker ??= this.#start()).postMessage(request);
    const decoding = await promise;
    clearTimeout(outOfPatience);
    if (!(decoding instanceof Error)) return decoding;
    await this.close();
    return { kind: 'refused', sentence: `It cannot be read: ${decoding.message}.` };
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sound-decoder-worker.ts', import.meta.url), { name: 'sounds', resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes } });
    const settle = (decoding: Decoding | Error): void => {
      if (worker === this.#worker) this.#settle(decoding);
    };
    worker.on('message', settle);
    worker.on('error', settle);
    worker.on('exit', () => settle(new Error('its thread has ended')));
    worker.unref();
    return worker;
  }
}
