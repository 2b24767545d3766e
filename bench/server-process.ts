import { join } from 'node:path';
import { startMeasured, type MeasuredProcess } from './measured-process.ts';

const main = join(import.meta.dirname, '../packages/server/src/main.ts');

/** A Dialplane server on this machine, as `./dialplane up` runs it, and where it takes plain HTTP. */
export interface ServerProcess extends MeasuredProcess {
  readonly base: string;
  /** The access key of its resource, as its connection string has it. */
  readonly accessKey: string;
}

/** Starts a server on free ports, on one core only where one is named, and resolves when it takes requests. With media processes where they are asked for. */
export async function startServer(dataDir: string, core?: number, media: 'on' | 'off' = 'off'): Promise<ServerProcess> {
  const options = ['--data-dir', dataDir, '--http-port', '0', '--https-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--media', media, '--media-port', '0', '--sip', 'off', '--log-level', 'error', '--no-install'];
  const server = startMeasured(main, ['up', ...options], core);
  const [base] = await server.line(/http:\/\/(?:localhost|127\.0\.0\.1):\d+/);
  const [, accessKey = ''] = await server.line(/accesskey=(\S+)/);
  return { ...server, base, accessKey };
}
