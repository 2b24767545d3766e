import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SoundFile } from '@dialplane/media-api';
import { BytesInFlight, type FileInFlight } from './bytes-in-flight.ts';
import { fetchFile, type FetchGuard, type Validators } from './fetch-file.ts';
import { filesOfEarlierRun, keepFile, type KeptSound } from './kept-files.ts';
import { RecentlyUsed } from './recently-used.ts';
import { SoundDecoder } from './sound-decoder.ts';

export interface SoundLibraryOptions {
  /** Where sounds are kept, and found again by the next run, whose calls may be playing them; nothing else is in it. */
  readonly folder: string;
  readonly guard: FetchGuard;
  readonly limits?: Partial<SoundLimits>;
}

export interface SoundLimits {
  /** Of a WAV file: nine minutes at 16 kHz and 16 bits. */
  readonly mostBytesOfFile: number;
  /** Of all sounds that are kept; those that nobody has asked for longest go first. */
  readonly mostBytesKept: number;
  readonly fetchWithinMs: number;
  /** Files that are being fetched or decoded, and wait to be. */
  readonly mostWaiting: number;
  /** Of the files that are being fetched or decoded, for one owner: three of the largest. */
  readonly mostBytesOfOwner: number;
  /** The same, for all. */
  readonly mostBytesOfAll: number;
}

const mebibyte = 1024 * 1024;
const defaultLimits: SoundLimits = {
  mostBytesOfFile: 17 * mebibyte, mostBytesKept: 1024 * mebibyte, fetchWithinMs: 10_000, mostWaiting: 64, mostBytesOfOwner: 51 * mebibyte, mostBytesOfAll: 153 * mebibyte,
};
/** Addresses and names whose sounds are remembered. */
const mostNames = 10_000;

export interface SoundRequest {
  readonly url: string;
  /** Whose names `cacheId` are. */
  readonly owner: string;
  /** A file that was fetched under this name is not asked for again. */
  readonly cacheId?: string;
}

export type SoundOutcome =
  | { readonly kind: 'ready'; readonly sound: SoundFile }
  /** It does not come, or what comes is nothing that is played; why, in a sentence. */
  | { readonly kind: 'unreachable' | 'unplayable'; readonly sentence: string };

/**
 * Sounds by what is in their files, so that the same file is decoded once, wherever it comes from. A file at an address is asked for each time, and comes again only where it
 * has changed (RFC 9110 §13).
 */
export class SoundLibrary {
  readonly #options: SoundLibraryOptions;
  readonly #limits: SoundLimits;
  /** By the digest of the WAV file. */
  readonly #sounds = new RecentlyUsed<KeptSound>();
  readonly #addresses = new RecentlyUsed<{ readonly digest: string; readonly validators: Validators }>(mostNames);
  readonly #names = new RecentlyUsed<string>(mostNames);
  readonly #fetching = new Map<string, Promise<SoundOutcome>>();
  readonly #decoder = new SoundDecoder();
  readonly #inFlight: BytesInFlight;
  #bytesKept = 0;
  #decodings = 0;

  private constructor(options: SoundLibraryOptions) {
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#inFlight = new BytesInFlight(this.#limits);
  }

  /** @throws {Error} Where the folder cannot be made. */
  static async open(options: SoundLibraryOptions): Promise<SoundLibrary> {
    const folder = resolve(options.folder);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const library = new SoundLibrary({ ...options, folder });
    for (const [digest, kept] of await filesOfEarlierRun(folder)) library.#add(digest, kept);
    await library.#makeRoom();
    return library;
  }

  /** Absolute; every sound is in it. */
  get folder(): string {
    return this.#options.folder;
  }

  close(): Promise<void> {
    return this.#decoder.close();
  }

  /** The sound of a file at an address. */
  fetch({ url, owner, cacheId }: SoundRequest): Promise<SoundOutcome> {
    const name = cacheId === undefined ? undefined : JSON.stringify([owner, cacheId]);
    const known = name === undefined ? undefined : this.#sounds.use(this.#names.use(name) ?? '');
    if (known !== undefined) return Promise.resolve({ kind: 'ready', sound: known.sound });
    const key = JSON.stringify([name, url]);
    const fetching = this.#fetching.get(key) ?? this.#fetchInFlight({ url, owner }, name).finally(() => this.#fetching.delete(key));
    this.#fetching.set(key, fetching);
    return fetching;
  }

  /** The sound of a file of this machine, kept until the end. */
  async read(path: string): Promise<SoundOutcome> {
    try {
      const { size } = await stat(path);
      if (size > this.#limits.mostBytesOfFile) return { kind: 'unplayable', sentence: `It is larger than ${this.#limits.mostBytesOfFile} bytes.` };
      const bytes = await readFile(path);
      const decoding = await this.#decoder.decode({ bytes, path: join(this.#options.folder, `kept-${digestOf(bytes)}.pcm`) });
      return decoding.kind === 'refused' ? { kind: 'unplayable', sentence: decoding.sentence } : { kind: 'ready', sound: decoding.sound };
    } catch (error) {
      return { kind: 'unreachable', sentence: `${error instanceof Error ? error.message : String(error)}.` };
    }
  }

  async #fetchInFlight({ url, owner }: SoundRequest, name: string | undefined): Promise<SoundOutcome> {
    if (this.#fetching.size >= this.#limits.mostWaiting) return { kind: 'unreachable', sentence: 'This server is fetching many files already. Try again in a moment.' };
    const file = this.#inFlight.open(owner);
    try {
      return await this.#fetch(url, name, file);
    } finally {
      file.release();
    }
  }

  async #fetch(url: string, name: string | undefined, file: FileInFlight): Promise<SoundOutcome> {
    const before = this.#addresses.use(url);
    const kept = before === undefined ? undefined : this.#sounds.use(before.digest);
    const fetched = await fetchFile(url, kept === undefined ? {} : (before?.validators ?? {}), this.#options.guard, { mostBytes: this.#limits.mostBytesOfFile, withinMs: this.#limits.fetchWithinMs, take: file.take });
    if (fetched.kind === 'unchanged' && before !== undefined && kept !== undefined) {
      if (name !== undefined) this.#names.add(name, before.digest);
      return { kind: 'ready', sound: kept.sound };
    }
    if (fetched.kind !== 'fetched') return { kind: 'unreachable', sentence: fetched.kind === 'failed' ? fetched.sentence : 'Its server says that it has not changed, and nobody asked.' };
    const digest = digestOf(fetched.bytes);
    const outcome = await this.#keep(fetched.bytes);
    if (outcome.kind !== 'ready') return outcome;
    this.#addresses.add(url, { digest, validators: fetched.validators });
    if (name !== undefined) this.#names.add(name, digest);
    return outcome;
  }

  async #keep(bytes: Uint8Array): Promise<SoundOutcome> {
    const digest = digestOf(bytes);
    const known = this.#sounds.use(digest);
    if (known !== undefined) return { kind: 'ready', sound: known.sound };
    this.#decodings += 1;
    const decoding = await this.#decoder.decode({ bytes, path: join(this.#options.folder, `${this.#decodings}.part`) });
    if (decoding.kind === 'refused') return { kind: 'unplayable', sentence: decoding.sentence };
    const sound = await keepFile(this.#options.folder, digest, decoding.sound);
    this.#add(digest, { sound, bytes: decoding.bytes });
    await this.#makeRoom();
    return { kind: 'ready', sound };
  }

  #add(digest: string, kept: KeptSound): void {
    if (this.#sounds.use(digest) === undefined) this.#bytesKept += kept.bytes;
    this.#sounds.add(digest, kept);
  }

  /** A sound that is being heard stays open where it is played. */
  async #makeRoom(): Promise<void> {
    while (this.#bytesKept > this.#limits.mostBytesKept && this.#sounds.size > 1) {
      const oldest = this.#sounds.takeOldest();
      if (oldest === undefined) return;
      this.#bytesKept -= oldest.bytes;
      await rm(oldest.sound.path, { force: true });
    }
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 40);
}
