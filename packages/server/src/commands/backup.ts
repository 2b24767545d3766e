import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from '../command-line/command.ts';
import { Failure } from '../failures.ts';

/**
 * `./dialplane backup`: the database as it was at one moment, and the certificates with the development CA, so that computers
 * that trust it go on doing so. The archive is a tar file; whoever has it has every key of the server.
 */
export const backupCommand: Command = {
  name: 'backup',
  summary: 'Write everything that must last into one file',
  details: 'Works while the server runs. The file holds the keys of the server: keep it as safe as the data folder.',
  positionals: ['FILE'],
  options: ['dataDir'],
  run: async ({ options: { dataDir }, positionals: [name = ''] }) => {
    const file = resolve(name);
    if (existsSync(file)) throw new Failure('FILE_EXISTS', file);
    const { writeBackup } = await import('../backup-archive.ts');
    await writeBackup(dataDir, file);
    console.error(`Written: ${file} (${Math.ceil((await stat(file)).size / 1024)} KiB)`);
    return 0;
  },
};

/** `./dialplane restore`: the reverse. What was there is kept beside it. */
export const restoreCommand: Command = {
  name: 'restore',
  summary: 'Put a backup in the place of the present data',
  details: 'The server has to be stopped. The database that was there is kept as dialplane.sqlite.replaced, its certificates as tls.replaced.',
  positionals: ['FILE'],
  options: ['dataDir'],
  run: async ({ options: { dataDir }, positionals: [name = ''] }) => {
    const file = resolve(name);
    if (!existsSync(file)) throw new Failure('BACKUP_INVALID', file);
    const { restoreBackup } = await import('../backup-archive.ts');
    await restoreBackup(dataDir, file);
    console.error(`Restored into ${dataDir}. Start the server with ./dialplane up.`);
    return 0;
  },
};
