import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../commands.ts';
import type { Host } from '../network/host.ts';
import { carrierScript, type CarrierPlan } from './carrier-script.ts';

/** A telephone carrier of the lab: kamailio, with its subscribers' telephones registered at it. */
export interface Carrier extends AsyncDisposable {
  readonly host: Host;
  /** The domain of its subscribers. */
  readonly domain: string;
  /** Waits until a telephone has registered as this subscriber. */
  readonly registered: (user: string) => Promise<void>;
}

/** The certificate of a carrier and its key, PEM files; the certificate is its own authority. */
export interface CarrierCertificate extends AsyncDisposable {
  readonly certificate: string;
  readonly privateKey: string;
}

export async function makeCarrierCertificate(domain: string, address: string): Promise<CarrierCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-certificate-'));
  const certificate = join(folder, 'certificate.pem');
  const privateKey = join(folder, 'key.pem');
  await run('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${domain}`,
    '-addext', `subjectAltName=DNS:${domain},IP:${address}`, '-keyout', privateKey, '-out', certificate,
  ]);
  return { certificate, privateKey, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

export interface CarrierOptions extends Omit<CarrierPlan, 'address' | 'tlsConfiguration'> {
  readonly certificate: CarrierCertificate;
}

/** Starts kamailio on `host` and resolves when it takes requests on UDP and TCP 5060 and TLS 5061. */
export async function startCarrier(host: Host, { certificate: { certificate, privateKey }, ...plan }: CarrierOptions): Promise<Carrier> {
  const folder = await mkdtemp(join(tmpdir(), 'dialplane-lab-carrier-'));
  const script = join(folder, 'kamailio.cfg');
  const tls = join(folder, 'tls.cfg');
  await writeFile(tls, `[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\nprivate_key = ${privateKey}\ncertificate = ${certificate}\n[client:default]\nmethod = TLSv1.2+\nverify_certificate = no\n`);
  await writeFile(script, carrierScript({ ...plan, address: host.address, tlsConfiguration: tls }));
  const kamailio = host.start('kamailio', ['-DD', '-E', '-f', script, '-m', '32', '-M', '4', '-Y', folder]);
  await kamailio.line(/carrier is ready/);
  return {
    host,
    domain: plan.domain,
    registered: async (user) => void (await kamailio.line(new RegExp(`registered ${user.replace('+', '\\+')}$`))),
    [Symbol.asyncDispose]: async () => {
      await host.killAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
