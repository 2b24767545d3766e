import type { ServerOptions } from '../command-line/options.ts';
import { connectControl, type Desks } from '../control/control-client.ts';

/** The options of a command that works {@link atDesks}: where the data is, and what address the server has when it does not run. */
export const deskOptions = ['dataDir', 'httpsPort', 'host', 'publicAddresses', 'domain'] as const satisfies readonly (keyof ServerOptions)[];

/** Asks the running server; where none runs, opens its data for a moment. */
export async function atDesks<Answer>(options: ServerOptions, work: (desks: Desks) => Promise<Answer>): Promise<Answer> {
  const control = await connectControl(options.dataDir);
  if (control !== undefined) return work(control);
  const { openDesks } = await import('../control/offline-desks.ts');
  const desks = await openDesks(options);
  try {
    return await work(desks);
  } finally {
    await desks.close();
  }
}
