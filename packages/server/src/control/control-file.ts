import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../private-file.ts';

/**
 * How commands on this machine reach the running server: its loopback address and a key made at its start. Whoever can read
 * the file (mode 0600) could read the database beside it as well.
 */
export interface ControlFile {
  readonly url: string;
  readonly key: string;
  readonly processId: number;
}

const fileName = 'control.json';

/** A fresh key: 256 random bits, base64url. */
export function makeControlKey(): string {
  return randomBytes(32).toString('base64url');
}

/** Writes the file for a server that has just started. */
export async function writeControlFile(dataDir: string, file: ControlFile): Promise<void> {
  await replaceFile(join(dataDir, fileName), `${JSON.stringify(file)}\n`, 0o600);
}

/** Removes the file when the server ends. */
export async function removeControlFile(dataDir: string): Promise<void> {
  await rm(join(dataDir, fileName), { force: true });
}

/** The file of the server that works in this data folder, or `undefined` when none does (or has not ended cleanly). */
export async function readControlFile(dataDir: string): Promise<ControlFile | undefined> {
  try {
    const file = JSON.parse(await readFile(join(dataDir, fileName), 'utf8')) as ControlFile;
    return typeof file.url === 'string' && typeof file.key === 'string' ? file : undefined;
  } catch {
    return undefined;
  }
}
