import { Identity } from '@dialplane/identity';
import { createLogger, createMetrics } from '@dialplane/telemetry';
import type { ServerOptions } from '../command-line/options.ts';
import { openData } from '../open-data.ts';
import { publicOrigin } from '../public-origin.ts';
import type { Desks } from './control-client.ts';
import { identityKeyDesk } from './key-desk.ts';
import { identityTokenDesk } from './token-desk.ts';

/** Desks on the data of a server that is not running. Close them soon: the server cannot start meanwhile. @throws {Failure} */
export async function openDesks(options: ServerOptions): Promise<Desks & { close(): Promise<void> }> {
  const logger = createLogger({ level: 'warn', destination: process.stderr });
  const store = await openData(options.dataDir, logger);
  try {
    const endpoint = (): string => publicOrigin(options, undefined, options.httpsPort);
    const identity = await Identity.open({ store, logger, metrics: createMetrics(), endpoint });
    return { tokens: identityTokenDesk(identity), keys: identityKeyDesk(identity, endpoint), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}
