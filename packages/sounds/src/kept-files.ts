import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SoundFile } from '@dialplane/media-api';

/** A decoded sound in the folder. */
export interface KeptSound {
  readonly sound: SoundFile;
  readonly bytes: number;
}

const fileName = /^([0-9a-f]{40})-(8000|16000|48000)\.pcm$/;
const rates: Readonly<Record<string, SoundFile['sampleRate']>> = { 8000: 8000, 16000: 16_000, 48000: 48_000 };

/** Gives a file that is written to its end the name under which another run finds it: what a killed run was writing is never taken for a sound. */
export async function keepFile(folder: string, digest: string, { path, sampleRate }: SoundFile): Promise<SoundFile> {
  const kept = join(folder, `${digest}-${sampleRate}.pcm`);
  await rename(path, kept);
  return { path: kept, sampleRate };
}

/** The sounds that an earlier run has left, by digest, the oldest first. Whatever else is in the folder is deleted. */
export async function filesOfEarlierRun(folder: string): Promise<ReadonlyMap<string, KeptSound>> {
  const found: { readonly digest: string; readonly kept: KeptSound; readonly writtenAt: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const [, digest, rate = ''] = fileName.exec(name) ?? [];
    const sampleRate = rates[rate];
    const { size, mtimeMs } = await stat(path);
    if (digest === undefined || sampleRate === undefined) await rm(path, { recursive: true, force: true });
    else found.push({ digest, kept: { sound: { path, sampleRate }, bytes: size }, writtenAt: mtimeMs });
  }
  return new Map(found.toSorted((one, other) => one.writtenAt - other.writtenAt).map(({ digest, kept }) => [digest, kept]));
}
