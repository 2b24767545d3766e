import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeCertificate } from '../certificate.ts';
import { loadCredentials, type LoadedServer } from './generator.ts';

/** How long coturn may take to listen. */
const startMs = 5000;

/** Starts coturn with one relay thread on one core, with TLS on the next port, without logs and limits: nothing that would slow it down. */
export async function startCoturn(folder: string, host: string, port: number, core: number): Promise<LoadedServer> {
  const words = ['--no-cli', '--no-dtls', '--no-stdout-log', '--log-file', '/dev/null', '--relay-threads', '1', '--pidfile', join(folder, 'coturn.pid'), '--db', join(folder, 'coturn.db')];
  const where = ['-n', '--listening-ip', host, '--relay-ip', host, '--listening-port', String(port)];
  const { certificateFile, privateKeyFile } = makeCertificate(folder, 'coturn');
  const encrypted = ['--tls-listening-port', String(port + 1), '--cert', certificateFile, '--pkey', privateKeyFile];
  const who = ['--realm', 'bench.example', '--use-auth-secret', '--static-auth-secret', loadCredentials.secret];
  const child = spawn('taskset', ['--cpu-list', String(core), 'turnserver', ...where, ...encrypted, ...who, ...words], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  for (const until = performance.now() + startMs; !((await accepts(host, port)) && (await accepts(host, port + 1))); await delay(20)) {
    if (performance.now() > until || child.exitCode !== null) throw new Error('coturn (turnserver) did not start');
  }
  return {
    address: `${host}:${port}`,
    tlsAddress: `${host}:${port + 1}`,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Whether somebody takes TCP connections there: coturn opens its UDP ports first. */
async function accepts(host: string, port: number): Promise<boolean> {
  const attempt = connect(port, host);
  try {
    await once(attempt, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    attempt.destroy();
  }
}
