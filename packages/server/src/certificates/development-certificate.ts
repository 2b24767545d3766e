import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@dialplane/telemetry';
import { replaceFile } from '../private-file.ts';
import type { IssuedPair } from './issue-certificate.ts';
import {
  coversNames, isDueForRenewal, serverCertificate, storedCertificate, type CertificateSource, type ServerCertificate, type SubjectNames,
} from './server-certificate.ts';

/** A source that signs its own certificates. */
export interface DevelopmentCertificate extends CertificateSource {
  /** What another computer has to trust. */
  readonly authority: { readonly certificatePem: string; readonly certificate: X509Certificate; readonly path: string };
}

export interface DevelopmentCertificateOptions {
  /** Holds the CA (its key readable by the owner only) and the certificate it signed. */
  readonly directory: string;
  /** Asked again at every check, because laptops move between networks. */
  readonly names: () => SubjectNames;
  readonly present: (certificate: ServerCertificate) => void;
  readonly logger: Logger;
  /** Milliseconds between two looks at the addresses. */
  readonly checkEveryMs?: number;
}

/**
 * Makes a development CA at the first start and keeps a certificate signed by it that names every local address.
 *
 * A second computer that trusts the CA has a secure context in its browser (camera and microphone need one) without anybody's
 * domain. The certificate is replaced while the server runs when an address was added or a third of its lifetime is left.
 */
export async function openDevelopmentCertificate(options: DevelopmentCertificateOptions): Promise<DevelopmentCertificate> {
  const { pair, path } = await loadAuthority(options);
  const file = join(options.directory, 'development-server.pem');
  const authorityCertificate = new X509Certificate(pair.certificatePem);

  const renew = async (): Promise<ServerCertificate> => {
    const { issueServerCertificate } = await import('./issue-certificate.ts');
    const issued = await issueServerCertificate(pair, options.names(), Date.now());
    await replaceFile(file, issued.privateKeyPem + '\n' + issued.certificatePem + '\n', 0o600);
    return serverCertificate('development', issued.certificatePem, issued.privateKeyPem, file);
  };
  const isGood = (certificate: ServerCertificate): boolean =>
    coversNames(certificate, options.names()) && !isDueForRenewal(certificate, Date.now()) && certificate.leaf.verify(authorityCertificate.publicKey);

  const stored = await storedCertificate('development', file);
  let current = stored !== undefined && isGood(stored) ? stored : await renew();
  let renewing: Promise<void> | undefined;

  const check = async (): Promise<void> => {
    if (isGood(current)) return;
    try {
      current = await renew();
      options.present(current);
      options.logger.info({ names: current.leaf.subjectAltName }, 'the addresses of this machine changed, or the certificate grew old: a new development certificate is in use');
    } catch (error) {
      options.logger.error({ err: error }, 'the development certificate could not be renewed; the present one stays in use');
    }
  };
  const reload = (): Promise<void> => {
    renewing ??= check().finally(() => { renewing = undefined; });
    return renewing;
  };
  const timer = setInterval(() => void reload(), options.checkEveryMs ?? 60_000).unref();

  return {
    authority: { certificatePem: pair.certificatePem, certificate: authorityCertificate, path },
    current: () => current,
    reload,
    close: () => clearInterval(timer),
  };
}

async function loadAuthority({ directory, logger }: DevelopmentCertificateOptions): Promise<{ pair: IssuedPair; path: string }> {
  const path = join(directory, 'development-ca.pem');
  const keyPath = join(directory, 'development-ca-key.pem');
  const [certificatePem, privateKeyPem] = await Promise.all([path, keyPath].map((file) => readFile(file, 'utf8').catch(() => undefined)));
  if (certificatePem !== undefined && privateKeyPem !== undefined) {
    try {
      serverCertificate('development', certificatePem, privateKeyPem, path);
      if (Date.parse(new X509Certificate(certificatePem).validTo) > Date.now() + 400 * 86_400_000) return { pair: { certificatePem, privateKeyPem }, path };
    } catch (error) {
      logger.warn({ err: error }, 'the stored development CA cannot be used');
    }
    logger.warn('a new development CA is made; computers that trusted the old one have to trust the new one');
  }
  const { issueAuthority } = await import('./issue-certificate.ts');
  const pair = await issueAuthority(`Dialplane development CA on ${hostname()}`.slice(0, 64), Date.now());
  await replaceFile(keyPath, pair.privateKeyPem + '\n', 0o600);
  await replaceFile(path, pair.certificatePem + '\n', 0o644);
  return { pair, path };
}
