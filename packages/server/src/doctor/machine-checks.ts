import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { kernelNames, loadKernel } from '@dialplane/kernels';
import type { ServerOptions } from '../command-line/options.ts';
import { portFailure } from '../failures.ts';
import { outdatedKernels } from '../preparation/kernels.ts';
import { isInstalled, systemPackages } from '../preparation/system-packages.ts';
import { repositoryRoot } from '../repository.ts';
import { broken, good, notice, type Finding } from './finding.ts';

const littleSpaceBytes = 500 * 1024 * 1024;

/** Node, what is built, and the programs of the tests. */
export function checkInstallation(): Finding[] {
  const major = Number(process.versions.node.split('.')[0]);
  const node = major >= 24 ? good(`Node ${process.versions.node} runs the server.`) : broken(`Node ${process.versions.node} is too old; run ./dialplane, which brings its own, instead of main.ts.`);
  const isBuilt = existsSync(join(repositoryRoot, 'apps/console/dist/index.html'));
  const console = isBuilt ? good('The console is built.') : notice('The console is not built yet; ./dialplane up builds it.');
  const missing = systemPackages().filter((entry) => !isInstalled(entry));
  const packages = missing.length === 0
    ? good('Every system package that a command wants is installed.')
    : notice(`Some commands want system packages that are not here (the server runs without): ${missing.map((entry) => entry.package).join(' ')}. ./dialplane test installs them as root, or prints the command.`);
  return [node, console, checkKernels(), packages];
}

/** Whether the native kernels are built, from these sources, and can be loaded. */
function checkKernels(): Finding {
  if (kernelNames().length === 0) return notice(`There are no native kernels for this system (${process.platform}): relaying costs more than twice the processor time.`);
  const outdated = outdatedKernels();
  if (outdated.length > 0) {
    return notice(`Not built, or from other sources, are the native kernels ${outdated.join(', ')}: ${outdated.includes('udp') ? 'relaying costs more than twice the processor time, and ' : ''}group calls lack what they are for. ./dialplane up builds them; it needs g++, make and python3.`);
  }
  for (const name of kernelNames()) {
    const kernel = loadKernel(name);
    if (kernel.kind === 'absent') return notice(`${kernel.absentBecause} Relaying costs more than twice the processor time.`);
  }
  return good(`The native kernels are built: ${kernelNames().join(', ')}.`);
}

/** Whether the data folder can be used, by us alone, and has room. */
export function checkDataFolder({ dataDir }: ServerOptions): Finding[] {
  const existing = nearestExisting(dataDir);
  try {
    accessSync(existing, constants.W_OK | constants.X_OK);
  } catch {
    return [broken(`The data folder ${dataDir} cannot be written by this user. Give it to this user, or name another with --data-dir.`)];
  }
  const findings: Finding[] = [];
  if (existing === dataDir) {
    const mode = statSync(dataDir).mode & 0o777;
    findings.push((mode & 0o077) === 0 ? good(`The data folder ${dataDir} belongs to this user alone.`) : notice(`Others may look into the data folder, which holds keys: chmod 700 ${dataDir}`));
  } else {
    findings.push(good(`The data folder ${dataDir} will be made at the first start.`));
  }
  const { bavail, bsize } = statfsSync(existing);
  const free = bavail * bsize;
  findings.push(free > littleSpaceBytes ? good(`There are ${Math.floor(free / 1024 ** 2)} MiB free for it.`) : notice(`Only ${Math.floor(free / 1024 ** 2)} MiB are free for ${dataDir}; without room no call can be recorded. Make some.`));
  return findings;
}

/** Whether the ports that a server would open are free. */
export async function checkPorts({ httpsPort, httpPort, host }: ServerOptions): Promise<Finding[]> {
  return Promise.all([checkPort(httpsPort, host, '--https-port'), checkPort(httpPort, '127.0.0.1', '--http-port')]);
}

function checkPort(port: number, host: string | undefined, option: string): Promise<Finding> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      const failure = portFailure(error, port, host);
      resolve(broken(failure instanceof Error ? failure.message : `Port ${port} (${option}) cannot be opened.`));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => server.close(() => resolve(good(`Port ${port} (${option}) is free.`))));
  });
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}
