import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { OperationResponse } from '@dialplane/calling-api';
import { freePort } from '@dialplane/testing';

const main = resolve(import.meta.dirname, '../../../packages/server/src/main.ts');
const ports = ['--https-port', '0', '--relay-port', '0', '--relay-second-port', '0', '--media-port', '0', '--sip-port', '0', '--sip-tls-port', '0'];

/** The whole server, relay and media processor included, in a process of its own and on free ports. */
export class TestWholeServer {
  /** Over loopback, where development sign-in is open. */
  readonly url: string;
  private child: ChildProcess;
  private readonly dataDir: string;
  private readonly flags: readonly string[];

  private constructor(child: ChildProcess, dataDir: string, url: string, flags: readonly string[]) {
    this.child = child;
    this.dataDir = dataDir;
    this.url = url;
    this.flags = flags;
  }

  /** @param flags further arguments of its command line. @throws {Error} Where it has no media processes: calls would wait for them in vain. */
  static async start(...flags: readonly string[]): Promise<TestWholeServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'dialplane-sdk-relay-'));
    const { child, url } = await launch(dataDir, String(await freePort()), flags);
    const server = new TestWholeServer(child, dataDir, url, flags);
    const { capabilities } = await server.ask<OperationResponse<'getServerInfo'>>('GET', '/v1/server');
    if (capabilities.mediaProcessor) return server;
    await server[Symbol.asyncDispose]();
    throw new Error('The server has no media processes. ./dialplane doctor says what is missing; kernels that are outdated ./dialplane up builds.');
  }

  /** Kills its media processes: so many of those that run, those first that serve first. */
  killMediaProcesses(most = Infinity): void {
    const { pid } = this.child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter((text) => text !== '').map(Number);
    if (children.length === 0) throw new Error('the server has no media process');
    for (const child of children.slice(0, most)) process.kill(child, 'SIGKILL');
  }

  /** Kills it, and starts it again where it was. */
  async crash(): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
    ({ child: this.child } = await launch(this.dataDir, new URL(this.url).port, this.flags));
  }

  /** One request; throws where the answer is not a success. */
  async ask<Answer>(method: 'GET' | 'POST' | 'PUT', path: string, token?: string, body?: unknown): Promise<Answer> {
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(`${this.url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  /** What a server application is configured with, over loopback. */
  async connectionString(): Promise<string> {
    const { key } = JSON.parse(readFileSync(join(this.dataDir, 'control.json'), 'utf8')) as { readonly key: string };
    const { connectionString } = await this.ask<{ readonly connectionString: string }>('GET', '/control/connection-string', key);
    return connectionString.replace(/endpoint=[^;]+/, `endpoint=${this.url}/`);
  }

  /** A user, and what its client may test the network with. */
  async person(displayName: string): Promise<{ readonly token: string; readonly identifier: string; readonly network: OperationResponse<'getNetworkConfiguration'> }> {
    const { accessToken, identifier } = await this.ask<OperationResponse<'signIn'>>('POST', '/v1/sign-in', undefined, { displayName });
    return { token: accessToken, identifier, network: await this.ask<OperationResponse<'getNetworkConfiguration'>>('GET', '/v1/network', accessToken) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

async function launch(dataDir: string, httpPort: string, flags: readonly string[]): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const args = ['--disable-warning=ExperimentalWarning', main, 'up', '--no-install', '--data-dir', dataDir, '--log-level', 'warn', '--http-port', httpPort, ...ports, ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    // Goes on reading when it has what it wants: a server that nobody listens to would wait with its next words for ever.
    lines.on('line', (line) => {
      const [found] = /http:\/\/localhost:\d+/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
    lines.once('close', () => reject(new Error('the server ended before it was ready')));
  });
  return { child, url };
}
