import { readFile } from 'node:fs/promises';
import { unwatchFile, watchFile } from 'node:fs';
import type { Logger } from '@dialplane/telemetry';
import { Failure } from '../failures.ts';
import { remainingLifetimeMs, serverCertificate, type CertificateSource, type ServerCertificate } from './server-certificate.ts';

export interface CertificateFilesOptions {
  /** PEM, leaf first, then the chain. */
  readonly certificateFile: string;
  /** PEM, without a pass phrase. */
  readonly keyFile: string;
  readonly present: (certificate: ServerCertificate) => void;
  readonly logger: Logger;
  /** Milliseconds between two looks at the files. */
  readonly checkEveryMs?: number;
}

/**
 * Serves a certificate that somebody else keeps current (certbot, a secret mounted into a container, a company's CA).
 *
 * The files are polled rather than watched: renewals arrive as a changed symbolic link, as a rename or over a network file
 * system, and only a look at the path itself sees all three. A pair that does not fit (written one after the other, perhaps)
 * leaves the old one in use, and the log says why.
 *
 * @throws {Failure} At the start only, when the pair cannot be used.
 */
export async function openCertificateFiles(options: CertificateFilesOptions): Promise<CertificateSource> {
  const { certificateFile, keyFile, logger } = options;
  let current = await readPair(certificateFile, keyFile);
  warnWhenExpiring(current, logger);
  let reading = Promise.resolve();

  const read = async (): Promise<void> => {
    try {
      const next = await readPair(certificateFile, keyFile);
      if (next.leaf.fingerprint256 === current.leaf.fingerprint256 && next.certificatePem === current.certificatePem) return;
      current = next;
      options.present(next);
      logger.info({ validTo: next.leaf.validTo, names: next.leaf.subjectAltName }, 'a new certificate is in use');
      warnWhenExpiring(next, logger);
    } catch (error) {
      logger.error({ err: error }, 'the changed certificate cannot be used; the previous one stays in use');
    }
  };
  const reload = (): Promise<void> => (reading = reading.then(read));
  const onStat = (): void => void reload();
  for (const path of [certificateFile, keyFile]) watchFile(path, { interval: options.checkEveryMs ?? 2000, persistent: false }, onStat);

  return {
    current: () => current,
    reload,
    close: () => [certificateFile, keyFile].forEach((path) => unwatchFile(path, onStat)),
  };
}

async function readPair(certificateFile: string, keyFile: string): Promise<ServerCertificate> {
  const [certificatePem, privateKeyPem] = await Promise.all([certificateFile, keyFile].map(async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new Failure('CERTIFICATE_UNREADABLE', path, error);
    }
  })) as [string, string];
  return serverCertificate('files', certificatePem, privateKeyPem, `${certificateFile} and ${keyFile}`);
}

function warnWhenExpiring(certificate: ServerCertificate, logger: Logger): void {
  const days = Math.floor(remainingLifetimeMs(certificate, Date.now()) / 86_400_000);
  if (days < 0) logger.error({ validTo: certificate.leaf.validTo }, 'the certificate has expired; browsers will refuse it');
  else if (days < 14) logger.warn({ validTo: certificate.leaf.validTo }, `the certificate expires in ${days} days`);
}
