import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Browser } from 'puppeteer-core';
import { trustIn } from './certificate-store.ts';
import type { Host } from '../network/host.ts';
import { labPageOn, pageDocument, type LabPage, type PageMethods } from './lab-page.ts';

export interface FirefoxOptions {
  /** PEM file of a certificate authority this browser's user trusts, as if installed by hand. */
  readonly trustedAuthority?: string;
}

/** A Firefox that runs on a host of the lab. Disposing of it ends it and deletes its profile. */
export interface LabFirefox extends AsyncDisposable {
  readonly browser: Browser;
}

const firefoxPath = '/usr/bin/firefox-esr';

/** What lets a page of a story use devices and play sound unasked, and keeps the browser from talking to strangers. */
const preferences = {
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Without a sound card no AudioContext runs; this one is Firefox's own, for tests.
  'media.cubeb.force_mock_context': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.gmp-manager.updateEnabled': false,
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,#',
  'toolkit.telemetry.enabled': false,
};

/**
 * Starts a headless Firefox on `host`. It is driven over WebDriver BiDi, which listens on that host's loopback interface alone, so a bridge leads there. It takes no
 * files as devices: pages draw them (`lab/pages/drawn-devices.ts`).
 */
export async function launchFirefox(host: Host, { trustedAuthority }: FirefoxOptions = {}): Promise<LabFirefox> {
  await using stack = new AsyncDisposableStack();
  const profile = await mkdtemp(join(tmpdir(), `dialplane-lab-${host.name}-`));
  stack.defer(() => rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  await writeFile(join(profile, 'user.js'), Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
  if (trustedAuthority !== undefined) await trustIn(profile, trustedAuthority);
  const port = await bridgeTo(host, stack);
  const firefox = host.start(firefoxPath, ['--headless', '--no-remote', '--profile', profile, `--remote-debugging-port=${port}`], { env: { ...process.env, HOME: profile } });
  stack.defer(async () => {
    firefox.child.kill('SIGKILL');
    await firefox.ended;
  });
  await firefox.line(/WebDriver BiDi listening on/);
  const browser = await connect({ browserWSEndpoint: `ws://127.0.0.1:${port}/session`, protocol: 'webDriverBiDi' });
  stack.defer(() => browser.close());
  const kept = stack.move();
  return { browser, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Opens a page of the lab as if `url` had served it. */
export async function openFirefoxPage<Methods extends PageMethods<Methods>>({ browser }: LabFirefox, name: string, url: string): Promise<LabPage<Methods>> {
  const body = await pageDocument(name);
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    const answered = request.url() === url ? request.respond({ contentType: 'text/html', body }) : request.continue();
    // What the browser asks for by itself (an icon) may come when nothing is intercepted any more.
    answered.catch(() => {});
  });
  await page.goto(url);
  await page.setRequestInterception(false);
  return labPageOn((expression) => page.evaluate(expression), complaints);
}

/** A port of this machine that is also the browser's: it refuses connections that were meant for another one. */
async function bridgeTo(host: Host, stack: AsyncDisposableStack): Promise<number> {
  const bridge = createServer((socket) => {
    const { port } = bridge.address() as AddressInfo;
    const [command, args] = host.commandLine('socat', ['STDIO', `TCP:127.0.0.1:${port}`]);
    const far = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    socket.pipe(far.stdin).on('error', () => socket.destroy());
    far.stdout.pipe(socket).on('error', () => far.kill());
  });
  bridge.listen(0, '127.0.0.1');
  await once(bridge, 'listening');
  stack.defer(() => {
    bridge.close();
  });
  return (bridge.address() as AddressInfo).port;
}
