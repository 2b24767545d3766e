import type { NetworkConfiguration } from '@dialplane/calling-api';
import { Failure } from '../failures.ts';
import { readControlFile, type ControlFile } from './control-file.ts';
import type { ServerStatus } from './control-routes.ts';
import type { KeyDesk, RotationAnswer } from './key-desk.ts';
import type { RevocationAnswer, TokenAnswer, TokenDesk } from './token-desk.ts';

/** What commands can have done whether the server runs or not. */
export interface Desks {
  readonly tokens: TokenDesk;
  readonly keys: KeyDesk;
}

/** The running server of a data folder, as commands on this machine reach it. */
export interface ControlClient extends Desks {
  createSignInLink(holder: { readonly operator: boolean }): Promise<string>;
  connectionString(): Promise<string>;
  status(): Promise<ServerStatus>;
  /** What to test the network with. */
  network(): Promise<NetworkConfiguration>;
}

const patienceMs = 5_000;

/** The client of the server that works in `dataDir`, or `undefined` when none answers there. */
export async function connectControl(dataDir: string): Promise<ControlClient | undefined> {
  const file = await readControlFile(dataDir);
  if (file === undefined) return undefined;
  const client: ControlClient = {
    tokens: {
      create: (order) => ask<TokenAnswer>(file, 'POST', '/tokens', order),
      revoke: (user) => ask<RevocationAnswer>(file, 'POST', '/tokens/revoke', { user }),
    },
    keys: { rotate: (name) => ask<RotationAnswer>(file, 'POST', '/keys/rotate', { name }) },
    createSignInLink: async (holder) => (await ask<{ url: string }>(file, 'POST', '/sign-in-links', holder)).url,
    connectionString: async () => (await ask<{ connectionString: string }>(file, 'GET', '/connection-string')).connectionString,
    status: () => ask<ServerStatus>(file, 'GET', '/status'),
    network: () => ask<NetworkConfiguration>(file, 'GET', '/network'),
  };
  try {
    await client.status();
    return client;
  } catch {
    // The file of a server that did not end cleanly; perhaps another program has its port by now.
    return undefined;
  }
}

async function ask<Answer>(file: ControlFile, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${file.url}/control${path}`, {
    method,
    headers: { authorization: `Bearer ${file.key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(patienceMs),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Failure('SERVER_REFUSED', `${response.status} ${JSON.stringify(answer)}`);
  return answer as Answer;
}
