import { mkdir } from 'node:fs/promises';
import { run } from '../commands.ts';

/** Puts a certificate authority into the NSS database in `folder`, where browsers look for those a person added. */
export async function trustIn(folder: string, authority: string): Promise<void> {
  const database = `sql:${folder}`;
  await mkdir(folder, { recursive: true });
  await run('certutil', ['-d', database, '-N', '--empty-password']);
  await run('certutil', ['-d', database, '-A', '-n', 'dialplane-development-ca', '-t', 'C,,', '-i', authority]);
}
