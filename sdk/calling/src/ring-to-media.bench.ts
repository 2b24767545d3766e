/**
 * Ring to media: the time from `accept()` to the first decoded sound of the other side, between two pages of one headless
 * Chromium and the real controller, all on this machine. Prints the median and the spread; asserts nothing.
 *
 * `node sdk/calling/src/ring-to-media.bench.ts [calls]`
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { TestBrowser } from './test-browser.ts';
import type { PageCaller } from './test-call-page.ts';
import { TestServer } from './test-server.ts';

declare const caller: PageCaller;

const calls = Number(process.argv[2] ?? 20);
await using server = await TestServer.start();
await using browser = await TestBrowser.launch();

async function person(displayName: string): Promise<{ readonly page: Page; readonly identifier: string }> {
  const { page } = await browser.open({ entry: join(import.meta.dirname, 'test-call-page.ts') });
  await page.waitForFunction(() => 'caller' in globalThis);
  const { token, identifier } = await server.token();
  await page.evaluate(([token, name]) => caller.signIn(token as string, name as string), [token, displayName]);
  return { page, identifier };
}

const alice = await person('Alice');
const bob = await person('Bob');
const times: number[] = [];
for (let call = 0; call < calls; call += 1) {
  await alice.page.evaluate((identifier) => caller.start(identifier), bob.identifier);
  await alice.page.evaluate(() => caller.reaches('Ringing'));
  times.push(await bob.page.evaluate(() => caller.accept()));
  await alice.page.evaluate(() => caller.reaches('Connected'));
  await bob.page.evaluate(() => caller.hangUp());
  await alice.page.evaluate(() => caller.reaches('Disconnected'));
}
const sorted = times.toSorted((a, b) => a - b);
const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
console.log(`ring to media, ${calls} calls: median ${at(0.5)} ms, p90 ${at(0.9)} ms, least ${at(0)} ms, most ${at(1)} ms`);
