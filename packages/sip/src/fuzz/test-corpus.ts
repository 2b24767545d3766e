import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tortureMessages } from '../torture/test-torture-messages.ts';

/** A message to start from. */
export interface CorpusEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const folder = join(import.meta.dirname, 'corpus');

/** What sipp, baresip and linphone send; after their REGISTER was challenged with the nonce `0123456789abcdef`, also its digest. */
export const peerMessages: readonly CorpusEntry[] = readdirSync(folder)
  .sort()
  .map((file) => ({ name: file.replace('.dat', ''), bytes: new Uint8Array(readFileSync(join(folder, file))) }));

/** Messages of peers and of the torture RFCs. */
export const corpus: readonly CorpusEntry[] = [...peerMessages, ...tortureMessages];

/** The message of a peer with this name. */
export function peerMessage(name: string): Uint8Array {
  const found = peerMessages.find((message) => message.name === name);
  if (found === undefined) throw new Error(`no message ${name}`);
  return found.bytes;
}
