import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as requestOver, type IncomingMessage } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { OperationId, OperationResponse } from '@dialplane/calling-api';
import type { FollowedProcess } from '@dialplane/testing';
import type { Host } from './network/host.ts';
import { bridgeToLoopback } from './loopback-bridge.ts';

const httpPort = 8080;
/** The UDP port of the first media process. */
export const firstMediaPort = 3480;
type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
const repository = resolve(import.meta.dirname, '../..');

/** Somebody who signed in. `operatorToken` opens flows and records of everybody. */
export interface SignedInPerson {
  readonly rawId: string;
  readonly token: string;
  readonly operatorToken: string | undefined;
}

export interface DialplaneOptions {
  /** 8443 without it; 443 where a network lets nothing else out. */
  readonly httpsPort?: number;
  /** The name server that the host asks; that of the machine without it. */
  readonly nameServer?: string;
  /** More words for `./dialplane up`. */
  readonly words?: readonly string[];
}

/** A Dialplane server that runs on a host of the lab, as `./dialplane up` runs it. */
export interface DialplaneServer extends AsyncDisposable {
  /** Where others reach it: `https://<first address of the host>:8443`. */
  readonly origin: string;
  /** Where that host reaches it: at the address of a family that both speak. */
  readonly originFor: (visitor: Host) => string;
  /** PEM file of its development CA, as offered for download. */
  readonly authority: string;
  /** Signs in on the server's own loopback interface, where development sign-in is open. */
  readonly signIn: (displayName: string) => Promise<SignedInPerson>;
  /** Asks the server over its loopback interface. Rejects when the answer is not 2xx. */
  readonly ask: <Id extends OperationId>(id: Id, method: Method, path: string, token: string, body?: unknown) => Promise<OperationResponse<Id>>;
  /** Ends the media process that has the first media port, as a crash would. */
  readonly killMediaProcess: () => Promise<void>;
  /** Ends the process as a crash would. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same data. */
  readonly start: () => Promise<void>;
}

/** Starts a server on `host` with an empty data folder, and resolves when it takes requests. */
export async function startDialplane(host: Host, { httpsPort = 8443, nameServer, words = [] }: DialplaneOptions = {}): Promise<DialplaneServer> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-server-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const socketPath = join(folder, 'loopback');
  const bridge = await bridgeToLoopback(host, socketPath, httpPort);
  stack.defer(() => end(bridge));
  const authority = join(folder, 'downloaded-ca.pem');
  const origins = host.addresses.map((address) => originAt(address, httpsPort));
  const resolver = join(folder, 'resolv.conf');
  if (nameServer !== undefined) await writeFile(resolver, `nameserver ${nameServer}\n`);
  const start = async (): Promise<FollowedProcess> => up(host, nameServer === undefined ? undefined : resolver, ['--data-dir', join(folder, 'data'), '--https-port', String(httpsPort), ...words], origins);
  let running = await start();
  const kill = (): Promise<void> => end(running);
  stack.defer(kill);
  const info = JSON.parse(await request(socketPath, 'GET', '/v1/server')) as OperationResponse<'getServerInfo'>;
  if (info.certificateAuthority === undefined) throw new Error('the server offers no certificate authority');
  await writeFile(authority, await request(socketPath, 'GET', info.certificateAuthority));
  const ask = async <Id extends OperationId>(_id: Id, method: Method, path: string, token: string, body?: unknown): Promise<OperationResponse<Id>> =>
    JSON.parse((await request(socketPath, method, path, token, body)) || 'null') as OperationResponse<Id>;
  const kept = stack.move();
  return {
    origin: originAt(host.address, httpsPort),
    originFor: (visitor) => {
      const address = host.addresses.find((own) => visitor.addresses.some((theirs) => isIP(theirs) === isIP(own)));
      if (address === undefined) throw new Error(`${visitor.name} speaks no family of IP that ${host.name} speaks`);
      return originAt(address, httpsPort);
    },
    authority,
    ask,
    signIn: async (displayName) => {
      const answer = JSON.parse(await request(socketPath, 'POST', '/v1/sign-in', undefined, { displayName })) as OperationResponse<'signIn'>;
      return { rawId: answer.identifier, token: answer.accessToken, operatorToken: answer.operatorToken };
    },
    killMediaProcess: async () => {
      const sockets = await host.run('ss', ['-Hulnp', `sport = :${firstMediaPort}`]);
      const [, pid] = /pid=(\d+)/.exec(sockets) ?? [];
      if (pid === undefined) throw new Error(`nobody has port ${firstMediaPort}`);
      process.kill(Number(pid), 'SIGKILL');
    },
    kill,
    start: async () => {
      running = await start();
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function end({ child, ended }: FollowedProcess): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

function originAt(address: string, port: number): string {
  return new URL(`https://${isIPv6(address) ? `[${address}]` : address}:${port}`).origin;
}

async function up(host: Host, resolver: string | undefined, words: readonly string[], origins: readonly string[]): Promise<FollowedProcess> {
  const main = join(repository, 'packages/server/src/main.ts');
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', main, 'up', '--http-port', String(httpPort), '--log-level', 'warn', ...words];
  // What runs in a namespace has mounts of its own, so that the machine's file stays as it is.
  const [program = '', ...args] = resolver === undefined ? command : ['sh', '-ec', 'mount --bind "$0" /etc/resolv.conf; exec "$@"', resolver, ...command];
  const server = host.start(program, args, { cwd: repository });
  await Promise.all(origins.map((origin) => server.line(new RegExp(` ${origin.replaceAll(/[.[\]]/g, '\\$&')}$`))));
  return server;
}

/** A request from the host itself, over its loopback interface, to which `socketPath` leads. Returns the body of the answer. */
async function request(socketPath: string, method: string, path: string, token?: string, body?: unknown): Promise<string> {
  const headers = { host: `127.0.0.1:${httpPort}`, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const sent = requestOver({ socketPath, method, path, headers, agent: false });
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  const said = await text(answer);
  const { statusCode = 0 } = answer;
  if (statusCode < 200 || statusCode > 299) throw new Error(`${method} ${path} was answered ${statusCode} ${said}`);
  return said;
}
