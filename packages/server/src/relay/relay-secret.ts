import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@dialplane/telemetry';
import { replaceFile } from '../private-file.ts';

const fileName = 'relay-secret';
const secretForm = /^[\w-]{43}$/;

/**
 * What passwords of TURN credentials are made with: 32 random bytes, kept in the data folder so that credentials outlive a restart. A file without such a
 * secret is replaced, which costs the credentials that are out.
 */
export async function relaySecret(dataDir: string): Promise<string> {
  const path = join(dataDir, fileName);
  const kept = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  });
  if (secretForm.test(kept.trim())) return kept.trim();
  const secret = randomBytes(32).toString('base64url');
  await replaceFile(path, `${secret}\n`, 0o600);
  return secret;
}
