import { join } from 'node:path';
import { startMeasured } from '../measured-process.ts';
import type { LoadedServer } from './generator.ts';

/** Starts our relay, with its thread, in a process on one core. */
export async function startOurRelay(folder: string, host: string, core: number): Promise<LoadedServer> {
  const server = startMeasured(join(import.meta.dirname, 'our-relay.ts'), [host, folder], core);
  const [, port, implementation, tlsPort] = await server.line(/^listening on (\d+) \((\w+)\), with TLS on (\d+)$/);
  if (implementation !== 'native') console.log(`our relay runs on ${implementation}: the kernel is not built here`);
  return { address: `${host}:${port}`, tlsAddress: `${host}:${tlsPort}`, pid: server.child.pid ?? 0, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
