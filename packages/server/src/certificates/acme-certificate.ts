import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, type Logger } from '@dialplane/telemetry';
import { replaceFile } from '../private-file.ts';
import {
  isDueForRenewal, remainingLifetimeMs, serverCertificate, storedCertificate, type CertificateSource, type ServerCertificate,
} from './server-certificate.ts';

export interface AcmeCertificateOptions {
  /** The one name the certificate is for; it has to lead to this server. */
  readonly domain: string;
  /** Directory URL of the CA (RFC 8555 §7.1.1). */
  readonly directoryUrl: string;
  readonly email?: string;
  /** Where the account key and the certificate are kept. */
  readonly directory: string;
  readonly present: (certificate: ServerCertificate) => void;
  /** Shows this certificate to connections that offer only the protocol `acme-tls/1`; `undefined` ends that. */
  readonly answerChallenge: (certificate: ServerCertificate | undefined) => void;
  /** Served until the CA has issued. */
  readonly fallback: CertificateSource;
  readonly logger: Logger;
}

const longestWaitMs = 12 * 3_600_000;

/**
 * Gets a certificate by ACME (RFC 8555) and renews it when a third of its lifetime is left.
 *
 * The challenge is `tls-alpn-01` (RFC 8737): it is answered on the TLS port itself, so that a single open port is enough. The
 * CA connects to port 443 of the domain; where the server listens on 8443 the router or a redirect has to bring 443 there.
 * Until the first certificate is there the fallback is presented, and trouble never takes away a certificate that is in use.
 */
export async function openAcmeCertificate(options: AcmeCertificateOptions): Promise<CertificateSource> {
  const { domain, logger, fallback } = options;
  const slug = `${new URL(options.directoryUrl).host}-${domain}`.replaceAll(/[^a-z0-9.-]/gi, '_');
  const file = join(options.directory, `acme-${slug}.pem`);
  const stored = await storedCertificate('acme', file);
  let issued = stored !== undefined && remainingLifetimeMs(stored, Date.now()) > 0 && stored.leaf.checkHost(domain) !== undefined ? stored : undefined;
  let failures = 0;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let ordering: Promise<void> | undefined;

  const order = async (): Promise<void> => {
    try {
      logger.info({ domain, directory: options.directoryUrl }, 'asking the certificate authority for a certificate');
      const next = await orderCertificate(options, join(options.directory, `acme-${new URL(options.directoryUrl).host.replaceAll(':', '_')}-account.pem`), file);
      if (closed) return;
      issued = next;
      failures = 0;
      options.present(next);
      logger.info({ domain, validTo: next.leaf.validTo }, 'the certificate was issued and is in use');
    } catch (error) {
      failures += 1;
      const retryInMinutes = Math.round(acmeRetryDelayMs(failures) / 60_000);
      logger.error({ err: { code: errorCode(error), message: error instanceof Error ? error.message : String(error) }, domain, failures, retryInMinutes },
        `no certificate for ${domain}: does its name lead to this server, and does port 443 arrive here? The server tries again in ${retryInMinutes} minutes`);
    }
  };
  const renewIfDue = (): Promise<void> => {
    ordering ??= (issued === undefined || isDueForRenewal(issued, Date.now()) ? order() : Promise.resolve()).finally(() => {
      ordering = undefined;
      if (!closed) timer = setTimeout(() => void renewIfDue(), failures > 0 ? acmeRetryDelayMs(failures) : longestWaitMs).unref();
    });
    return ordering;
  };
  void renewIfDue();

  return {
    current: () => issued ?? fallback.current(),
    reload: async () => {
      clearTimeout(timer);
      await renewIfDue();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** How long to wait after so many failures in a row: 5 minutes, doubling to 12 hours; public CAs allow five failures an hour. */
export function acmeRetryDelayMs(failures: number): number {
  return Math.min(longestWaitMs, 300_000 * 2 ** (failures - 1));
}

/** RFC 8555 §7.4: order, prove control of the name, finalize, download; the result is stored before it is used. */
async function orderCertificate(options: AcmeCertificateOptions, accountKeyFile: string, file: string): Promise<ServerCertificate> {
  const acme = await import('acme-client');
  const client = new acme.Client({ directoryUrl: options.directoryUrl, accountKey: await loadAccountKey(accountKeyFile, acme), backoffMin: 1000, backoffMax: 15_000 });
  const [key, csr] = await acme.crypto.createCsr({ commonName: options.domain, altNames: [options.domain] }, await acme.crypto.createPrivateEcdsaKey());
  try {
    const certificatePem = await client.auto({
      csr,
      ...(options.email === undefined ? {} : { email: options.email }),
      termsOfServiceAgreed: true,
      challengePriority: ['tls-alpn-01'],
      skipChallengeVerification: true,
      challengeCreateFn: async (authorization, challenge, keyAuthorization) => {
        // The type declarations of acme-client know two kinds of challenge, its code three.
        if (String(challenge.type) !== 'tls-alpn-01') throw new Error(`the certificate authority offers no tls-alpn-01 challenge for ${options.domain}`);
        const [challengeKey, challengeCertificate] = await acme.crypto.createAlpnCertificate(authorization, keyAuthorization, await acme.crypto.createPrivateEcdsaKey());
        options.answerChallenge(serverCertificate('acme', challengeCertificate.toString(), challengeKey.toString(), 'the ACME challenge'));
      },
      challengeRemoveFn: async () => options.answerChallenge(undefined),
    });
    const issued = serverCertificate('acme', certificatePem, key.toString(), file);
    await replaceFile(file, `${key.toString().trim()}\n${certificatePem.trim()}\n`, 0o600);
    return issued;
  } finally {
    options.answerChallenge(undefined);
  }
}

async function loadAccountKey(file: string, acme: typeof import('acme-client')): Promise<string> {
  const stored = await readFile(file, 'utf8').catch(() => undefined);
  if (stored !== undefined) return stored;
  const key = (await acme.crypto.createPrivateEcdsaKey()).toString();
  await replaceFile(file, key, 0o600);
  return key;
}
