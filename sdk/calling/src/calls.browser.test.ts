import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser } from './test-browser.ts';
import type { PageCaller } from './test-call-page.ts';
import { TestServer } from './test-server.ts';

declare const caller: PageCaller;

let browser: TestBrowser;
let server: TestServer;
before(async () => {
  browser = await TestBrowser.launch();
  server = await TestServer.start();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

async function person(displayName: string): Promise<{ readonly page: Page; readonly errors: string[]; readonly identifier: string }> {
  const { page, errors } = await browser.open({ entry: join(import.meta.dirname, 'test-call-page.ts') });
  page.on('console', (message) => {
    if (process.env['TEST_LOG'] !== undefined) console.error(displayName, message.type(), message.text());
  });
  await page.waitForFunction(() => 'caller' in globalThis);
  const { token, identifier } = await server.token();
  await page.evaluate(([token, name]) => caller.signIn(token as string, name as string), [token, displayName]);
  return { page, errors, identifier };
}

test('two browsers: sound, pictures from both sides at once, screen, limits, hold, a change of network, tones', async () => {
  const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
  const both = (script: () => Promise<unknown>) => Promise.all([alice.page.evaluate(script), bob.page.evaluate(script)]);

  await alice.page.evaluate((identifier) => caller.start(identifier), bob.identifier);
  await bob.page.evaluate(() => caller.accept());
  await both(() => caller.reaches('Connected'));
  await both(() => caller.decodesAudio());
  assert.equal(await alice.page.evaluate(() => caller.isPlaying()), true);
  await both(() => caller.hearsSpeech());

  await both(() => caller.startVideo());
  await both(() => caller.sees('Video'));
  // The encoder starts small and grows with the bandwidth it finds: only the limit has a height that can be told beforehand.
  await alice.page.evaluate(() => caller.heightsAre([121, Infinity], [121, Infinity]));
  await alice.page.evaluate(() => caller.limitHeight(120));
  await alice.page.evaluate(() => caller.heightsAre([1, 120], [121, Infinity]));
  await bob.page.evaluate(() => caller.heightsAre([121, Infinity], [1, 120]));
  await alice.page.evaluate(() => caller.limitHeight(0));
  await bob.page.evaluate(() => caller.heightsAre([121, Infinity], [121, Infinity]));
  await alice.page.evaluate(() => caller.limitHeight(120));
  await bob.page.evaluate(() => caller.shareScreen());
  await alice.page.evaluate(() => caller.sees('ScreenSharing'));
  await alice.page.evaluate(() => caller.changeNetwork());
  await bob.page.evaluate(() => caller.changeNetwork());
  await alice.page.evaluate(() => caller.sees('Video'));

  await alice.page.evaluate(() => caller.hold());
  await bob.page.evaluate(() => caller.reaches('RemoteHold'));
  await bob.page.evaluate(() => caller.seesNothing());
  await alice.page.evaluate(() => caller.resume());
  await both(() => caller.reaches('Connected'));
  await both(() => caller.sees('Video'));
  await alice.page.evaluate(() => caller.sendTone());

  await bob.page.evaluate(() => caller.stopVideo());
  await bob.page.evaluate(() => caller.hangUp());
  await alice.page.evaluate(() => caller.reaches('Disconnected'));
  assert.equal(await alice.page.evaluate(() => caller.endReason()), '0/0');
  assert.deepEqual([...alice.errors, ...bob.errors], []);
});

test('a page that is closed without hanging up ends the call at once for the other side', async () => {
  const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
  await alice.page.evaluate((identifier) => caller.start(identifier), bob.identifier);
  await bob.page.evaluate(() => caller.accept());
  await alice.page.evaluate(() => caller.reaches('Connected'));
  await bob.page.goto('about:blank');
  await alice.page.evaluate(() => caller.reaches('Disconnected'));
  assert.equal(await alice.page.evaluate(() => caller.endReason()), '0/4521');
});
