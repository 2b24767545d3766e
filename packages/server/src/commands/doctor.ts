import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFolder } from '../certificates/open-certificates.ts';
import { textFlag, type Command } from '../command-line/command.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { connectControl } from '../control/control-client.ts';
import { checkCertificate } from '../doctor/certificate-checks.ts';
import type { Finding } from '../doctor/finding.ts';
import { checkDataFolder, checkInstallation, checkPorts } from '../doctor/machine-checks.ts';
import { checkMedia, checkMediaKernels } from '../doctor/media-checks.ts';
import { checkNetwork, checkNetworkAnonymously } from '../doctor/network-checks.ts';
import { askNetwork, checkServer } from '../doctor/server-checks.ts';
import { checkTelephony } from '../doctor/telephony-checks.ts';
import { Failure } from '../failures.ts';

const marks = { good: 'ok   ', notice: 'note ', broken: 'FAIL ' } as const;

/** `./dialplane doctor`: what is wrong, and what to do about it. */
export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Check the machine, the certificate and the running server',
  details: 'It also sends packets through the relay, over UDP, TCP and TLS to each address, and looks for a symmetric NAT. With --server it looks at another server from here: is it reachable, is its certificate trusted, do the clocks agree, which ways lead to its relay. The exit code is 1 when something is broken.',
  options: ['dataDir', 'httpsPort', 'httpPort', 'host', 'publicAddresses', 'certFile', 'keyFile', 'domain'],
  flags: {
    server: { type: 'string', value: 'URL', description: 'Look at this server only' },
    token: { type: 'string', value: 'TOKEN', description: 'An access token of that server, with which its relay can be tested' },
    ca: { type: 'string', value: 'FILE', description: 'A certificate authority to trust for --server (PEM)' },
  },
  run: async (invocation) => {
    const server = textFlag(invocation, 'server');
    if (server !== undefined && !URL.canParse(server)) throw new Failure('USAGE_INVALID', `--server cannot be "${server}": a URL like https://calls.example.com is needed.`);
    const findings = server === undefined ? await examine(invocation.options) : await examineOther(new URL(server).origin, textFlag(invocation, 'ca'), textFlag(invocation, 'token'));
    for (const { verdict, sentence } of findings) console.log(`${marks[verdict]} ${sentence}`);
    const faults = findings.filter(({ verdict }) => verdict === 'broken').length;
    console.log(faults === 0 ? '\nNothing is broken.' : `\n${faults} thing${faults === 1 ? '' : 's'} to repair.`);
    return faults === 0 ? 0 : 1;
  },
};

async function examine(options: ServerOptions): Promise<Finding[]> {
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
async function examineOther(origin: string, authorityFile: string | undefined, token: string | undefined): Promise<Finding[]> {
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
