import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '../host.ts';
import { carrierScript, type CarrierPlan } from './carrier-script.ts';

/** A telephone carrier of the lab: kamailio, with its subscribers' telephones registered at it. */
export interface Carrier extends AsyncDisposable {
  readonly host: Host;
  /** The domain of its subscribers. */
  readonly domain: string;
  /** PEM file of the certificate it shows over TLS; self-signed. */
  readonly certificate: string;
  /** Waits until a telephone has registered as this subscriber. */
  readonly registered: (user: string) => Promise<void>;
}

/** Starts kamailio on `host` and resolves when it takes requests on UDP and TCP 5060 and TLS 5061. */
export async function startCarrier(host: Host, plan: Omit<CarrierPlan, 'address' | 'certificate' | 'privateKey'>): Promise<Carrier> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-carrier-'));
  const certificate = join(folder, 'certificate.pem');
  const privateKey = join(folder, 'key.pem');
  await host.run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${plan.domain}`,
    '-addext', `subjectAltName=DNS:${plan.domain},IP:${host.address}`, '-keyout', privateKey, '-out', certificate,
  ]);
  const script = join(folder, 'kamailio.cfg');
  const tls = join(folder, 'tls.cfg');
  await writeFile(tls, `[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\nprivate_key = ${privateKey}\ncertificate = ${certificate}\n[client:default]\nmethod = TLSv1.2+\nverify_certificate = no\n`);
  await writeFile(script, carrierScript({ ...plan, address: host.address, certificate, privateKey: tls }));
  const kamailio = host.start('kamailio', ['-DD', '-E', '-f', script, '-m', '32', '-M', '4', '-Y', folder]);
  await kamailio.line(/carrier is ready/);
  return {
    host,
    domain: plan.domain,
    certificate,
    registered: async (user) => void (await kamailio.line(new RegExp(`registered ${user.replace('+', '\\+')}$`))),
    [Symbol.asyncDispose]: async () => {
      kamailio.child.kill('SIGKILL');
      await host.killAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
