import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingOf, skipWithout } from '@dialplane/testing';
import { build, type BuildOptions } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Script of a page: a module's file, bundled for the browser. `esbuild` may add aliases. */
export interface PageOptions {
  readonly entry: string;
  readonly esbuild?: BuildOptions;
}

const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why tests in a browser cannot run here; false where they can. In continuous integration they must. */
export const withoutBrowser = skipWithout(missingOf(chromiumPath));

/** A headless Chromium with fake devices, and pages on loopback (a secure context). Disposing of it ends both. */
export class TestBrowser implements AsyncDisposable {
  private readonly home: string;
  private readonly browser: Browser;
  private readonly server: Server;
  private readonly scripts = new Map<string, string>();

  private constructor(home: string, browser: Browser, server: Server) {
    this.home = home;
    this.browser = browser;
    this.server = server;
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const script = this.scripts.get(url.pathname);
      if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
      else response.writeHead(200, { 'content-type': 'text/html' }).end(documentOf(url.searchParams.get('script') ?? ''));
    });
  }

  static async launch(): Promise<TestBrowser> {
    const home = await mkdtemp(join(tmpdir(), 'dialplane-browser-'));
    const browser = await chromium.launch({
      executablePath: chromiumPath,
      headless: true,
      env: { ...process.env, HOME: home },
      args: [
        '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
        '--disable-sync', '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream=device-count=2',
        '--auto-select-desktop-capture-source=Entire screen', '--disable-features=WebRtcHideLocalIpsWithMdns',
      ],
    });
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TestBrowser(home, browser, server);
  }

  /** Where pages come from. */
  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Opens a page that has run the script. Uncaught errors of the page are in `errors`. */
  async open({ entry, esbuild = {} }: PageOptions): Promise<{ readonly page: Page; readonly errors: string[] }> {
    const path = `/${encodeURIComponent(entry)}.js`;
    if (!this.scripts.has(path)) this.scripts.set(path, await bundle(entry, esbuild));
    const context = await this.browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error.stack ?? error)));
    await page.goto(`${this.origin}/?script=${encodeURIComponent(path)}`);
    return { page, errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

async function bundle(entry: string, options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'browser', target: 'es2024', write: false, logLevel: 'silent', ...options });
  const [script] = outputFiles ?? [];
  if (script === undefined) throw new Error(`${entry} was not bundled`);
  return script.text;
}

function documentOf(script: string): string {
  return `<!doctype html><meta charset="utf-8"><body style="margin:0"><div id="root" style="width:100vw;height:100vh"></div><script type="module" src="${script}"></script>`;
}
