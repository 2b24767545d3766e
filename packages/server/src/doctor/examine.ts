import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFolder } from '../certificates/open-certificates.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { connectControl } from '../control/control-client.ts';
import { checkCertificate } from './certificate-checks.ts';
import type { Finding } from './finding.ts';
import { checkDataFolder, checkInstallation, checkPorts } from './machine-checks.ts';
import { checkMedia, checkMediaKernels } from './media-checks.ts';
import { checkNetwork, checkNetworkAnonymously } from './network-checks.ts';
import { askNetwork, checkServer } from './server-checks.ts';
import { checkTelephony } from './telephony-checks.ts';

/** This machine, and the server that runs on it with these options. */
export async function examine(options: ServerOptions): Promise<Finding[]> {
  const findings = [...checkInstallation(), ...checkDataFolder(options), ...(await checkCertificate(options))];
  const control = await connectControl(options.dataDir);
  if (control === undefined) {
    return [...findings, ...checkMediaKernels(), { verdict: 'notice', sentence: `No server is running with the data folder ${options.dataDir}.` }, ...(await checkPorts(options))];
  }
  const { httpUrl, httpsUrl, publicUrls, media, telephony } = await control.status();
  const authority = options.certFile === undefined ? join(certificateFolder(options.dataDir), 'development-ca.pem') : undefined;
  const network = await control.network();
  for (const url of new Set([httpUrl, ...(options.certFile === undefined ? [httpsUrl] : []), ...publicUrls])) findings.push(...(await checkServer(url, authority)));
  return [...findings, ...checkMedia(media), ...checkTelephony(telephony), ...(await checkNetwork(network, await readAuthority(authority)))];
}

/** Another server, from here; the ways to its relay only where the server itself can be reached. */
export async function examineOther(origin: string, authorityFile: string | undefined, token: string | undefined): Promise<Finding[]> {
  const findings = await checkServer(origin, authorityFile);
  if (findings.some(({ verdict }) => verdict === 'broken')) return findings;
  const authority = await readAuthority(authorityFile);
  if (token === undefined) return [...findings, ...(await checkNetworkAnonymously(origin, authority))];
  const network = await askNetwork(origin, authority, token);
  return [...findings, ...('sentence' in network ? [network] : await checkNetwork(network, authority))];
}

async function readAuthority(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : readFile(file, 'utf8').catch(() => undefined);
}
