import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFolder } from '../certificates/open-certificates.ts';
import { localNames } from '../certificates/local-names.ts';
import { remainingLifetimeMs, serverCertificate, storedCertificate, type ServerCertificate, type SubjectNames } from '../certificates/server-certificate.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { Failure } from '../failures.ts';
import { broken, good, notice, type Finding } from './finding.ts';

const soonMs = 14 * 86_400_000;

/** Whether the certificate that the options name can be used, is still valid and fits the addresses of this machine. */
export async function checkCertificate(options: ServerOptions): Promise<Finding[]> {
  const { certFile, keyFile, domain, dataDir, publicAddresses } = options;
  if (certFile !== undefined && keyFile !== undefined) {
    try {
      const certificate = serverCertificate('files', await readFile(certFile, 'utf8'), await readFile(keyFile, 'utf8'), `${certFile} and ${keyFile}`);
      return [checkLifetime(certificate, 'Renew it; the server takes the new files by itself.'), checkNames(certificate, namesOf(publicAddresses))];
    } catch (error) {
      return [broken(error instanceof Failure ? error.message : `${certFile} and ${keyFile} cannot be read.`)];
    }
  }
  const certificate = await storedCertificate('development', join(certificateFolder(dataDir), 'development-server.pem'));
  if (certificate === undefined) return [good('A development CA and a certificate will be made at the first start.')];
  return [
    checkLifetime(certificate, 'Start the server, which renews it.'),
    checkNames(certificate, localNames(publicAddresses)),
    domain === undefined
      ? notice(`The certificate is signed by the development CA. Browsers on other computers give a page camera and microphone only once they trust ${join(certificateFolder(dataDir), 'development-ca.pem')} (the server offers it as /ca.crt). For everybody else use --domain or --cert.`)
      : good(`The server asks for a certificate for ${domain} by ACME; port 443 of that name has to arrive at port ${options.httpsPort}.`),
  ];
}

function checkLifetime(certificate: ServerCertificate, remedy: string): Finding {
  const remaining = remainingLifetimeMs(certificate, Date.now());
  if (remaining < 0) return broken(`The certificate expired on ${certificate.leaf.validTo}. ${remedy}`);
  return remaining < soonMs ? notice(`The certificate expires on ${certificate.leaf.validTo}. ${remedy}`) : good(`The certificate is valid until ${certificate.leaf.validTo}.`);
}

function checkNames({ leaf }: ServerCertificate, { dnsNames, ipAddresses }: SubjectNames): Finding {
  const missing = [...dnsNames.filter((name) => leaf.checkHost(name) === undefined), ...ipAddresses.filter((address) => leaf.checkIP(address) === undefined)];
  return missing.length === 0
    ? good(`The certificate is good for every address: ${[...dnsNames, ...ipAddresses].join(', ')}.`)
    : notice(`The certificate is not good for ${missing.join(', ')}; browsers that use these addresses will warn. A running server renews a development certificate within a minute.`);
}

function namesOf(addresses: readonly string[]): SubjectNames {
  const isAddress = (text: string): boolean => /^[\d.]+$|:/.test(text);
  return { dnsNames: addresses.filter((text) => !isAddress(text)), ipAddresses: addresses.filter(isAddress) };
}
