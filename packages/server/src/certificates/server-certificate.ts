import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { Failure } from '../failures.ts';

/** Where a certificate comes from: our development CA, files named by the operator, or an ACME CA. */
export type CertificateKind = 'development' | 'files' | 'acme';

/** A certificate the server can present: a chain, its key, and the parsed leaf. */
export interface ServerCertificate {
  readonly kind: CertificateKind;
  /** Leaf first. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly leaf: X509Certificate;
}

/** Something that keeps a certificate current. It tells of a new one through the `present` it was made with. */
export interface CertificateSource {
  current(): ServerCertificate;
  /** Looks again at once (SIGHUP). Never rejects: trouble is logged and the present certificate stays. */
  reload(): Promise<void>;
  close(): void;
}

/**
 * Checks that key and chain belong together and that OpenSSL takes them.
 * @throws {Failure} `CERTIFICATE_UNREADABLE` or `CERTIFICATE_MISMATCH`, naming `origin`.
 */
export function serverCertificate(kind: CertificateKind, certificatePem: string, privateKeyPem: string, origin: string): ServerCertificate {
  let leaf: X509Certificate;
  let matches: boolean;
  try {
    leaf = new X509Certificate(certificatePem);
    matches = leaf.checkPrivateKey(createPrivateKey(privateKeyPem));
  } catch (error) {
    throw new Failure('CERTIFICATE_UNREADABLE', origin, error);
  }
  if (!matches) throw new Failure('CERTIFICATE_MISMATCH', origin);
  try {
    createSecureContext({ cert: certificatePem, key: privateKeyPem });
  } catch (error) {
    throw new Failure('CERTIFICATE_UNREADABLE', origin, error);
  }
  return { kind, certificatePem, privateKeyPem, leaf };
}

/** Reads a pair that was stored as one file, or `undefined` when there is none that can be used. */
export async function storedCertificate(kind: CertificateKind, path: string): Promise<ServerCertificate | undefined> {
  const pem = await readFile(path, 'utf8').catch(() => undefined);
  if (pem === undefined) return undefined;
  try {
    return serverCertificate(kind, pem, pem, path);
  } catch {
    return undefined;
  }
}

/** Milliseconds until the certificate expires; negative when it has. */
export function remainingLifetimeMs(certificate: ServerCertificate, now: number): number {
  return Date.parse(certificate.leaf.validTo) - now;
}

/** True when less than a third of the certificate's lifetime is left: the time to renew it. */
export function isDueForRenewal(certificate: ServerCertificate, now: number): boolean {
  const lifetimeMs = Date.parse(certificate.leaf.validTo) - Date.parse(certificate.leaf.validFrom);
  return remainingLifetimeMs(certificate, now) < lifetimeMs / 3;
}

/** True when the certificate is valid for every one of these DNS names and IP addresses. */
export function coversNames(certificate: ServerCertificate, names: SubjectNames): boolean {
  return names.dnsNames.every((name) => certificate.leaf.checkHost(name) !== undefined)
    && names.ipAddresses.every((address) => certificate.leaf.checkIP(address) !== undefined);
}

/** The names a certificate is asked for. */
export interface SubjectNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}
