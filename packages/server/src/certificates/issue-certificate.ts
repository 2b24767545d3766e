import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { randomBytes, webcrypto } from 'node:crypto';
import type { SubjectNames } from './server-certificate.ts';

/** A certificate and its private key, both PEM (the key PKCS #8). */
export interface IssuedPair {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What browsers accept at most for a server certificate (CA/Browser Forum Baseline Requirements §6.3.2). */
const leafLifetimeDays = 397;
const authorityLifetimeDays = 3650;
/** Clocks of other computers run late; a certificate must not seem to come from the future. */
const backdateMs = 3_600_000;
const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** Makes a self-signed CA that can sign server certificates and nothing below (path length 0; RFC 5280 §4.2.1.9). */
export async function issueAuthority(commonName: string, now: number): Promise<IssuedPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }, { O: ['Dialplane development'] }],
    ...validity(now, authorityLifetimeDays),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await exportPrivateKey(keys.privateKey) };
}

/** Makes a self-signed certificate for DTLS: peers know it by its fingerprint alone (RFC 8122 §5), so it names nobody. */
export async function issueMediaCertificate(now: number): Promise<IssuedPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(), name: [{ CN: ['media'] }], ...validity(now, leafLifetimeDays), signingAlgorithm: algorithm, keys,
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await exportPrivateKey(keys.privateKey) };
}

/** Has the CA sign a server certificate for these names. */
export async function issueServerCertificate(authority: IssuedPair, names: SubjectNames, now: number): Promise<IssuedPair> {
  const issuer = new x509.X509Certificate(authority.certificatePem);
  const signingKey = await importPrivateKey(authority.privateKeyPem);
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [names.dnsNames[0] ?? names.ipAddresses[0] ?? 'dialplane'] }],
    issuer: issuer.subjectName,
    ...validity(now, leafLifetimeDays),
    signingAlgorithm: algorithm,
    signingKey,
    publicKey: keys.publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...names.dnsNames.map((value) => ({ type: 'dns' as const, value })),
        ...names.ipAddresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: certificate.toString('pem'), privateKeyPem: await exportPrivateKey(keys.privateKey) };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function exportPrivateKey(key: webcrypto.CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
}

function importPrivateKey(pem: string): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(pem), algorithm, false, ['sign']);
}

/** 127 random bits, positive (RFC 5280 §4.1.2.2 allows 20 octets). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function validity(now: number, days: number): { notBefore: Date; notAfter: Date } {
  const notBefore = now - backdateMs;
  return { notBefore: new Date(notBefore), notAfter: new Date(notBefore + days * dayMs) };
}
