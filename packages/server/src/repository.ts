import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The repository that this code runs from; absolute. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

/** The version in package.json. */
export function readVersion(): string {
  const manifest = JSON.parse(readFileSync(resolve(repositoryRoot, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
