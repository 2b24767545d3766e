import { Identity } from '@dialplane/identity';
import { createLogger, createMetrics } from '@dialplane/telemetry';
import type { ServerOptions } from '../command-line/options.ts';
import { openData } from '../open-data.ts';
import { publicOrigin } from '../public-origin.ts';
import { identityTokenDesk, type TokenDesk } from './token-desk.ts';

/** A desk on the data of a server that is not running. Close it soon: the server cannot start meanwhile. @throws {Failure} */
export async function openTokenDesk(options: ServerOptions): Promise<TokenDesk & { close(): Promise<void> }> {
  const logger = createLogger({ level: 'warn', destination: process.stderr });
  const store = await openData(options.dataDir, logger);
  try {
    const identity = await Identity.open({ store, logger, metrics: createMetrics(), endpoint: () => publicOrigin(options, undefined, options.httpsPort) });
    return { ...identityTokenDesk(identity), close: () => store.close() };
  } catch (error) {
    await store.close();
    throw error;
  }
}
