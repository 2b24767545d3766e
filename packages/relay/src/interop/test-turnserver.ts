import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@dialplane/testing';
import { askBinding } from '../client/ask-binding.ts';
import type { TurnServerTarget } from '../client/client-path.ts';
import { writeCertificate } from './test-certificate.ts';

/** The user that the server knows. */
export const turnserverUser = { username: 'alice', password: 'a secret' } as const;
/** What its time-limited passwords are made with, where it was started with it. */
export const turnserverSecret = 'a secret of the server';

/** Debian's `turnserver` on loopback, with a certificate of its own. */
export class Turnserver {
  readonly port: number;
  readonly tlsPort: number;
  private readonly child: ChildProcess;
  private readonly folder: string;

  private constructor(child: ChildProcess, folder: string, port: number, tlsPort: number) {
    this.child = child;
    this.folder = folder;
    this.port = port;
    this.tlsPort = tlsPort;
  }

  /** Starts it and waits until it answers wherever it listens. */
  static async start(words: readonly string[] = ['--lt-cred-mech', '--user', `${turnserverUser.username}:${turnserverUser.password}`]): Promise<Turnserver> {
    const folder = mkdtempSync(join(tmpdir(), 'relay-turnserver-'));
    const { keyFile, certificateFile } = writeCertificate(folder);
    const [port, tlsPort] = [await freePort(), await freePort()];
    const child = spawn(
      'turnserver',
      [
        '-n', '--no-cli', '--no-dtls', '-L', '127.0.0.1', '-L', '::1', '-p', String(port), '--tls-listening-port', String(tlsPort), '--cert', certificateFile, '--pkey', keyFile,
        '-r', 'example.org', '--allow-loopback-peers', '--relay-threads', '1', '--log-file', 'stdout', '--simple-log', '--pidfile', join(folder, 'pid'), '--userdb', join(folder, 'users'), ...words,
      ],
      { stdio: 'ignore' },
    );
    const server = new Turnserver(child, folder, port, tlsPort);
    for (const transport of ['udp', 'tcp', 'tls'] as const) for (const host of ['127.0.0.1', '::1'] as const) await server.answers(server.target(transport, host));
    return server;
  }

  target(transport: TurnServerTarget['transport'], host: '127.0.0.1' | '::1' = '127.0.0.1'): TurnServerTarget {
    const tls = { ca: readFileSync(join(this.folder, 'certificate.pem')), servername: 'localhost' };
    return { host, transport, port: transport === 'tls' ? this.tlsPort : this.port, ...(transport === 'tls' ? { tls } : {}) };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async answers(target: TurnServerTarget): Promise<void> {
    for (;;) {
      if (this.child.exitCode !== null) throw new Error(`turnserver ended with ${this.child.exitCode}`);
      // While it is starting the system refuses; the next turn asks again.
      const answer = await askBinding(target, { timeoutMs: 500 }).catch(() => undefined);
      if (answer !== undefined) return;
      await new Promise(setImmediate);
    }
  }
}
