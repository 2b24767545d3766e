import { chmod, cp, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { backupStore, restoreStore } from '@dialplane/store';
import { certificateFolder } from './certificates/open-certificates.ts';
import { Failure } from './failures.ts';
import { dataFailure } from './open-data.ts';
import { runProgram } from './preparation/run-program.ts';
import { readVersion } from './repository.ts';

/** First member of the archive: what it is, and from which version. */
interface Manifest {
  readonly format: 'dialplane-backup-1';
  readonly version: string;
  readonly createdAt: string;
}

const manifestName = 'backup.json';
const databaseName = 'dialplane.sqlite';

/**
 * Writes the database as it was at one moment, and the certificates with the development CA, into a tar file, whether a server has them open or not.
 * @param file Absolute; nothing is there yet.
 * @throws {Failure} When a folder cannot be read or written.
 */
export async function writeBackup(dataDir: string, file: string): Promise<void> {
  await inStagingFolder(dirname(file), async (staging) => {
    await backupStore({ dataDir, toFile: join(staging, databaseName) }).catch((error: unknown) => { throw dataFailure(error, dataDir); });
    const certificates = certificateFolder(dataDir);
    if (existsSync(certificates)) await cp(certificates, join(staging, 'tls'), { recursive: true });
    const manifest: Manifest = { format: 'dialplane-backup-1', version: readVersion(), createdAt: new Date().toISOString() };
    await writeFile(join(staging, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
    const archive = join(staging, 'archive.tar.gz');
    await tar(['--create', '--gzip', '--file', archive, '--directory', staging, '--owner=0', '--group=0', manifestName, databaseName, ...(existsSync(join(staging, 'tls')) ? ['tls'] : [])]);
    await chmod(archive, 0o600);
    await rename(archive, file);
  });
}

/**
 * Puts a backup in the place of the present data, which is kept beside it.
 * @param file Absolute.
 * @throws {Failure} `BACKUP_INVALID` for what is no backup, `DATA_DIR_IN_USE` while a server has the data open.
 */
export async function restoreBackup(dataDir: string, file: string): Promise<void> {
  await inStagingFolder(dirname(resolve(dataDir)), async (staging) => {
    await tar(['--extract', '--gzip', '--file', file, '--directory', staging, '--no-same-owner', '--no-overwrite-dir']).catch((error: unknown) => { throw new Failure('BACKUP_INVALID', file, error); });
    await checkManifest(staging, file);
    try {
      restoreStore({ dataDir, fromFile: join(staging, databaseName) });
    } catch (error) {
      throw dataFailure(error, dataDir);
    }
    const certificates = certificateFolder(dataDir);
    if (existsSync(join(staging, 'tls'))) {
      await rm(`${certificates}.replaced`, { recursive: true, force: true });
      if (existsSync(certificates)) await rename(certificates, `${certificates}.replaced`);
      await rename(join(staging, 'tls'), certificates);
    }
  });
}

/** A folder beside the target, so that the last step is a rename; removed whatever happens. */
async function inStagingFolder(beside: string, work: (folder: string) => Promise<void>): Promise<void> {
  let folder: string;
  try {
    folder = await mkdtemp(join(beside, '.dialplane-'));
  } catch (error) {
    throw new Failure('DATA_DIR_UNUSABLE', beside, error);
  }
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkManifest(staging: string, file: string): Promise<void> {
  try {
    const manifest = JSON.parse(await readFile(join(staging, manifestName), 'utf8')) as Partial<Manifest>;
    if (manifest.format === 'dialplane-backup-1' && existsSync(join(staging, databaseName))) return;
  } catch (error) {
    throw new Failure('BACKUP_INVALID', file, error);
  }
  throw new Failure('BACKUP_INVALID', file);
}

async function tar(words: readonly string[]): Promise<void> {
  const code = await runProgram('tar', words);
  if (code !== 0) throw new Failure('STEP_FAILED', `tar ended with ${code}; its message is above (${basename(words[3] ?? '')}).`);
}
