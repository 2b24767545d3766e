import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { trustIn } from './certificate-store.ts';
import { writeFakeDevices } from './fake-devices.ts';
import type { Person } from './test-signal.ts';

export interface BrowserOptions {
  /** Whose tone and picture the fake microphone and camera give. */
  readonly person: Person;
  /** The tone of the microphone: in bursts without it. */
  readonly tone?: 'steady';
  /** PEM file of a certificate authority this browser's user trusts, as if installed by hand. */
  readonly trustedAuthority?: string;
  /** Hide host addresses behind mDNS names until the page may use the microphone (the browser's default). Off without it. */
  readonly hidesAddresses?: boolean;
}

/** A Chromium that runs on a host of the lab. Disposing of it ends it and deletes its profile. */
export interface LabBrowser extends AsyncDisposable {
  readonly browser: Browser;
  readonly context: BrowserContext;
}

/** Where Chromium on Linux has its user's NSS database; which of them depends on its version. */
const nssFolders = ['.pki/nssdb', '.local/share/pki/nssdb'] as const;

const chromiumPath = '/usr/bin/chromium';

/** Where a browser can run: a host of the lab, or this machine itself. */
export interface Place {
  readonly name: string;
  readonly commandLine: (program: string, args: readonly string[]) => readonly [string, readonly string[]];
}

/** This machine with its own network, for measurements that need no lab and no root. */
export const thisMachine: Place = { name: 'this-machine', commandLine: (program, args) => [program, args] };

/** Starts a headless Chromium on `host`, with fake devices, a profile of its own and permission to use them. */
export async function launchBrowser(host: Place, options: BrowserOptions): Promise<LabBrowser> {
  const home = await mkdtemp(join(tmpdir(), `dialplane-lab-${host.name}-`));
  try {
    const browser = await start(host, options, home);
    const context = await browser.newContext({ permissions: options.hidesAddresses === true ? [] : ['microphone', 'camera'] });
    return {
      browser,
      context,
      [Symbol.asyncDispose]: async () => {
        await browser.close();
        await removeHome(home);
      },
    };
  } catch (error) {
    await removeHome(home);
    throw error;
  }
}

async function start(host: Place, options: BrowserOptions, home: string): Promise<Browser> {
  const devices = await writeFakeDevices(options.person, options.tone ?? 'bursts', home);
  if (options.trustedAuthority !== undefined) for (const folder of nssFolders) await trustIn(join(home, folder), options.trustedAuthority);
  const launcher = join(home, 'chromium-in-namespace');
  // The driver talks to the browser over inherited pipes, so that it needs no network into the namespace.
  const [command, args] = host.commandLine(chromiumPath, []);
  await writeFile(launcher, `#!/bin/sh\nexec ${[command, ...args].join(' ')} "$@"\n`);
  await chmod(launcher, 0o755);
  return chromium.launch({
    executablePath: launcher,
    headless: true,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.local/share') },
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      `--use-file-for-fake-audio-capture=${devices.audioFile}`,
      `--use-file-for-fake-video-capture=${devices.videoFile}`,
      '--auto-select-desktop-capture-source=Entire screen',
      ...(options.hidesAddresses === true ? [] : ['--disable-features=WebRtcHideLocalIpsWithMdns']),
    ],
  });
}

/** Chromium's helpers may write for a moment after the browser has gone. */
async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
