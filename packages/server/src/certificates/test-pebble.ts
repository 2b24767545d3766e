import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { freePort } from '@dialplane/testing';
import { issueAuthority, issueServerCertificate } from './issue-certificate.ts';

/** A real ACME server (Let's Encrypt's pebble) for whose validation every name leads to 127.0.0.1. */
export interface Pebble {
  readonly directoryUrl: string;
  /** Everything it has logged. */
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/**
 * Starts pebble with a name server of its own. This process trusts its API from then on.
 * @param tlsPort Where it validates `tls-alpn-01`, in place of 443.
 */
export async function startPebble(tlsPort: number): Promise<Pebble> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-pebble-'));
  const [apiPort, dnsPort] = await Promise.all([freePort(), freePort()]);
  const authority = await issueAuthority('Pebble API', Date.now());
  const api = await issueServerCertificate(authority, { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }, Date.now());
  setDefaultCACertificates([...getCACertificates('default'), authority.certificatePem]);
  await writeFile(join(folder, 'api.pem'), api.certificatePem);
  await writeFile(join(folder, 'api-key.pem'), api.privateKeyPem);
  await writeFile(join(folder, 'config.json'), JSON.stringify({
    pebble: {
      listenAddress: `127.0.0.1:${apiPort}`, managementListenAddress: '', certificate: join(folder, 'api.pem'), privateKey: join(folder, 'api-key.pem'),
      httpPort: 1, tlsPort, ocspResponderURL: '', externalAccountBindingRequired: false,
    },
  }));
  const log: string[] = [];
  const names = await startProgram('pebble-challtestsrv', ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', '', '-dns01', `127.0.0.1:${dnsPort}`, '-management', '', '-http01', '', '-https01', '', '-tlsalpn01', ''], {}, /Starting|Creating/, []);
  const pebble = await startProgram('pebble', ['-config', join(folder, 'config.json'), '-dnsserver', `127.0.0.1:${dnsPort}`], { PEBBLE_VA_NOSLEEP: '1' }, /ACME directory available/, log);
  return {
    directoryUrl: `https://127.0.0.1:${apiPort}/dir`,
    log,
    stop: async () => {
      await Promise.all([pebble, names].map(async (child) => {
        child.kill('SIGKILL');
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      }));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when the program has printed a line that matches `ready`; rejects with what it said when it ends before. */
function startProgram(program: string, words: readonly string[], environment: NodeJS.ProcessEnv, ready: RegExp, log: string[]): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${program} ended: ${log.join('\n')}`)));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (ready.test(line)) resolve(child);
      });
    }
  });
}
