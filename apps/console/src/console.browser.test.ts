import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { startServer, type RunningServer } from '@dialplane/server';
import { missingOf, skipWithout } from '@dialplane/testing';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { build } from 'vite';
import { assertAccessible, assertPagesAccessible } from './test-accessibility.ts';
import { drawFace } from './test-face.ts';
import { changePolicy } from './test-policy.ts';
import { subscribeApplication } from './test-subscriptions.ts';

const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Said loudly where there is no browser; in CI nothing may be missing. */
const skip = skipWithout(missingOf(chromiumPath));
const root = resolve(import.meta.dirname, '..');
const home = mkdtempSync(join(tmpdir(), 'dialplane-console-'));
/** Set to a folder, the pictures of README's tour are written there. */
const tourFolder = process.env['DIALPLANE_TOUR'];
const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' };
const desk: BrowserContextOptions = { viewport: { width: 1280, height: 860 }, colorScheme: 'light' };

let server: RunningServer;
let browser: Browser;

before(async () => {
  if (skip !== false) return;
  await build({ root, logLevel: 'error' });
  server = await startServer({ dataDir: join(home, 'data'), httpsPort: 0, httpPort: 0, relayPort: 0, relaySecondPort: 0, mediaPort: 0, mediaProcesses: 1, sipPort: 0, sipTlsPort: 0, webhooks: 'private', demoCarrier: { ringMs: 50 }, logLevel: 'silent' });
  const face = tourFolder === undefined ? [] : [`--use-file-for-fake-video-capture=${drawFace(join(home, 'face.y4m'))}`];
  browser = await chromium.launch({
    executablePath: chromiumPath, env: { ...process.env, HOME: home },
    args: [
      '--no-sandbox', '--disable-gpu', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--autoplay-policy=no-user-gesture-required',
      '--auto-select-desktop-capture-source=Entire screen', '--disable-features=WebRtcHideLocalIpsWithMdns', ...face,
    ],
  });
});

after(async () => {
  await browser?.close();
  await server?.close(0);
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

/** A window of its own with nothing kept, and everything it complained about. */
async function openWindow(options: BrowserContextOptions): Promise<{ readonly page: Page; readonly complaints: string[] }> {
  const context = await browser.newContext({ ...options, permissions: ['camera', 'microphone', 'clipboard-read', 'clipboard-write'], ignoreHTTPSErrors: true });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && !message.text().startsWith('Failed to load resource') && complaints.push(message.text()));
  page.on('response', (response) => {
    // An answer that a crossing offer overtook, or a description repeated after a reconnection, is refused and changes nothing.
    const isCrossing = response.status() === 409 && response.url().endsWith('/descriptions');
    if (response.status() >= 400 && !isCrossing) complaints.push(`${response.status()} ${response.request().method()} ${response.url()}`);
  });
  return { page, complaints };
}

async function signIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Call', exact: true }).waitFor();
}

const picture = async (page: Page, name: string, clip?: { x: number; y: number; width: number; height: number }): Promise<void> => {
  if (tourFolder !== undefined) await page.screenshot({ path: join(tourFolder, `${name}.png`), animations: 'disabled', ...(clip === undefined ? {} : { clip }) });
};

/** Resolves once the other side's picture moves; the element is looked up each time, as a stream that comes back gets a new one. */
async function seeOther(page: Page, name: string): Promise<void> {
  await page.waitForFunction((label) => {
    const video = document.querySelector(`[aria-label="${label}"] video`);
    return video instanceof HTMLVideoElement && video.videoWidth > 0 && video.currentTime > 1;
  }, `Video of ${name}`);
}

const isInsideWindow = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
const status = (page: Page, text: string): Locator => page.getByRole('status').filter({ hasText: text });

test('two people sign in, call, see each other, hold, hang up, and read how the call flowed', { skip }, async () => {
  const ada = await openWindow(desk);
  const bob = await openWindow(phone);
  await signIn(ada.page, server.httpUrl, 'Ada Lovelace');
  await signIn(bob.page, server.httpUrl, 'Bob Kahn');

  await ada.page.getByLabel('Call a name').fill('bob');
  await ada.page.getByRole('button', { name: 'Call Bob Kahn with video' }).and(ada.page.locator(':enabled')).waitFor();
  await picture(ada.page, 'people', { x: 0, y: 0, width: 892, height: 480 });
  await ada.page.getByRole('button', { name: 'Call Bob Kahn with video' }).click();
  const card = bob.page.getByRole('alertdialog', { name: 'Ada Lovelace' });
  await card.waitFor();
  await status(ada.page, 'Ringing').waitFor();
  await assertAccessible(bob.page, 'an incoming call, dark');
  await picture(bob.page, 'incoming-call');
  await card.getByRole('button', { name: 'Video' }).click();
  await seeOther(ada.page, 'Bob Kahn');
  await seeOther(bob.page, 'Ada Lovelace');
  assert.ok(await isInsideWindow(bob.page));
  await assertAccessible(ada.page, 'the stage');
  await picture(ada.page, 'call');

  await ada.page.getByRole('button', { name: /^Connection/ }).press('Enter');
  await ada.page.getByText('Direct · UDP').waitFor();
  await ada.page.getByText('Round trip and jitter').waitFor();
  await assertAccessible(ada.page, 'the connection of a call');
  await picture(ada.page, 'connection');
  await ada.page.keyboard.press('Escape');
  await ada.page.getByText('Round trip and jitter').waitFor({ state: 'hidden' });
  await ada.page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Connection'));

  await bob.page.keyboard.press('m');
  await ada.page.getByLabel('Muted').waitFor();
  await bob.page.keyboard.press('r');
  await ada.page.getByLabel('Hand raised').waitFor();
  await ada.page.keyboard.press('h');
  await status(bob.page, 'put you on hold').waitFor();
  await ada.page.keyboard.press('h');
  await seeOther(bob.page, 'Ada Lovelace');
  // Hit twice before the first is carried out: the second undoes it all the same.
  const held = ada.page.waitForResponse(/:hold$/);
  const resumed = ada.page.waitForResponse(/:resume$/);
  await ada.page.evaluate(() => {
    for (const key of ['h', 'h']) window.dispatchEvent(new KeyboardEvent('keydown', { key }));
  });
  await Promise.all([held, resumed]);
  await status(ada.page, 'Connected').waitFor();
  await seeOther(bob.page, 'Ada Lovelace');

  await bob.page.getByRole('link', { name: 'Calls' }).click();
  await bob.page.getByText('Live').waitFor();
  await bob.page.getByRole('button', { name: 'Back to the call' }).click();
  await ada.page.getByRole('button', { name: 'Hang up' }).click();
  await bob.page.getByRole('heading', { name: /^Call with Ada Lovelace ended after/ }).waitFor();
  await picture(bob.page, 'ended');

  await ada.page.getByRole('button', { name: 'See the call flow' }).press('Enter');
  const selected = ada.page.getByRole('table', { name: 'Candidate pairs' }).getByRole('row').filter({ hasText: 'Selected' });
  await selected.first().waitFor();
  assert.match(await selected.first().innerText(), /Direct · UDP\s+host udp \S+\s+host udp \S+/);
  await ada.page.getByRole('table', { name: 'Call detail records' }).waitFor();
  const ladder = ada.page.getByRole('listbox', { name: /^Call flow/ });
  await ladder.focus();
  await ladder.press('ArrowDown');
  await ada.page.getByLabel('Chosen line').getByText('startCall 201').waitFor();
  await ada.page.locator('main').evaluate((main) => main.scrollTo(0, 0));
  await picture(ada.page, 'call-flow');
  await ada.page.getByRole('radio', { name: 'Table' }).click();
  await ada.page.getByRole('table', { name: 'Call flow' }).getByText('acceptCall 200').waitFor();

  await bob.page.getByRole('button', { name: 'See the call flow' }).click();
  await bob.page.getByRole('listbox', { name: /^Call flow/ }).waitFor();
  assert.ok(await isInsideWindow(bob.page));
  await picture(bob.page, 'call-flow-phone');
  assert.deepEqual([...ada.complaints, ...bob.complaints], []);
});

test('a group: a link brings people in, who see each other, are shown in other ways, and whose media is switched', { skip }, async () => {
  const [ada, bob, cy] = [await openWindow(desk), await openWindow(phone), await openWindow(desk)];
  await signIn(ada.page, server.httpUrl, 'Ada Lovelace');
  await ada.page.getByRole('button', { name: 'Start a group call' }).click();
  await ada.page.getByText('Nobody else is here yet.').waitFor();
  await picture(ada.page, 'group-alone');
  await ada.page.getByRole('button', { name: 'Copy the link' }).click();
  const link = await ada.page.evaluate(() => navigator.clipboard.readText());
  assert.match(link, /\/#\/groups\/[\da-f-]{36}$/);

  for (const [window, name] of [[bob, 'Bob Kahn'], [cy, 'Cyrus']] as const) {
    await window.page.goto(link);
    await window.page.getByLabel('Your name').fill(name);
    await window.page.getByRole('button', { name: 'Sign in' }).click();
    await window.page.getByRole('button', { name: 'Join with video' }).and(window.page.locator(':enabled')).click();
  }
  await seeOther(ada.page, 'Bob Kahn');
  await seeOther(ada.page, 'Cyrus');
  await seeOther(bob.page, 'Cyrus');
  assert.ok(await isInsideWindow(bob.page));
  await picture(ada.page, 'group-gallery');
  await picture(bob.page, 'group-phone');

  await ada.page.getByRole('button', { name: 'Show who speaks' }).click();
  await ada.page.getByRole('button', { name: 'Show everybody' }).waitFor();
  await seeOther(ada.page, 'Cyrus');
  await picture(ada.page, 'group-speaker');
  await bob.page.keyboard.press('r');
  await ada.page.getByLabel('Hand raised').waitFor();
  await ada.page.getByRole('button', { name: 'People' }).click();
  const people = ada.page.getByRole('list', { name: 'In the call' });
  await people.getByText(/\d+ × \d+/).first().waitFor();
  await people.getByRole('button', { name: 'More for Cyrus' }).click();
  await ada.page.getByRole('menuitem', { name: 'Spotlight' }).click();
  await people.getByLabel('In the spotlight').waitFor();
  await ada.page.getByRole('button', { name: 'Media…' }).click();
  await ada.page.getByRole('menuitem', { name: 'Audio: mixed' }).click();
  await ada.page.getByRole('menuitemradio', { name: /^Forwarded/ }).click();
  await people.getByText(/^audio forwarded, video forwarded: /).waitFor();
  await picture(ada.page, 'group-people');
  await ada.page.keyboard.press('Escape');
  await ada.page.keyboard.press('Escape');
  await ada.page.getByRole('button', { name: 'Hang up' }).click();
  await ada.page.getByRole('button', { name: 'See the call flow' }).click();
  const decisions = ada.page.getByRole('table', { name: 'Decisions about media' });
  await decisions.getByText(/^served by media-/).waitFor();
  await decisions.getByText('audio forwarded, video forwarded', { exact: true }).first().waitFor();
  await decisions.scrollIntoViewIfNeeded();
  await picture(ada.page, 'group-flow');
  assert.deepEqual([...ada.complaints, ...bob.complaints, ...cy.complaints], []);
});

test('an operator makes a room and invites; a role decides what one can do, also when it changes, and who is taken off the list is out', { skip }, async () => {
  const nora = await openWindow(desk);
  const otto = await openWindow(phone);
  await signIn(nora.page, server.httpUrl, 'Nora');
  await signIn(otto.page, server.httpUrl, 'Otto');
  await nora.page.getByRole('link', { name: 'Rooms' }).click();
  await nora.page.getByText('No room yet.').waitFor();
  await nora.page.getByRole('button', { name: 'Make a room' }).click();
  await nora.page.getByText('Nobody is invited yet').waitFor();
  const people = nora.page.getByRole('table', { name: 'People' });
  for (const [name, role] of [['nora', 'Presenter'], ['Otto', 'Consumer']] as const) {
    await nora.page.getByLabel('Names, separated by commas').fill(name);
    await nora.page.getByLabel('As', { exact: true }).selectOption(role);
    await nora.page.getByRole('button', { name: 'Invite', exact: true }).click();
    await people.getByRole('row').filter({ hasText: new RegExp(name, 'i') }).waitFor();
  }
  await picture(nora.page, 'room');
  const roomUrl = nora.page.url();
  await otto.page.goto(roomUrl);
  await otto.page.getByRole('button', { name: 'Join', exact: true }).and(otto.page.locator(':enabled')).click();
  await nora.page.getByRole('button', { name: 'Join with video' }).and(nora.page.locator(':enabled')).click();
  await seeOther(otto.page, 'Nora');
  for (const name of ['Unmute', 'Camera on', 'Raise hand']) await otto.page.getByRole('button', { name }).and(otto.page.locator(':disabled')).waitFor();

  await nora.page.goto(roomUrl);
  await nora.page.getByLabel('Role of Otto').selectOption('Attendee');
  await otto.page.getByRole('button', { name: 'Unmute' }).and(otto.page.locator(':enabled')).click();
  await otto.page.getByRole('button', { name: 'Mute' }).waitFor();
  await otto.page.getByRole('button', { name: 'Share screen' }).and(otto.page.locator(':disabled')).waitFor();
  await nora.page.getByRole('button', { name: 'Delete Otto' }).click();
  await nora.page.getByRole('button', { name: 'Delete', exact: true }).click();
  await otto.page.getByText(/no longer invited to the room/).waitFor();
  assert.ok(await isInsideWindow(otto.page));
  assert.deepEqual([...nora.complaints, ...otto.complaints], []);
});

test('every page is accessible, light and dark; an application is subscribed to calls, told of one, paused and deleted', { skip }, async () => {
  const [olga, ben] = [await openWindow(desk), await openWindow(phone)];
  await signIn(olga.page, `${server.httpUrl}/${new URL(await server.createSignInLink()).hash}`, 'Olga Nowak');
  await signIn(ben.page, server.httpUrl, 'Ben');
  await assertPagesAccessible(olga.page);
  await subscribeApplication(olga.page, ben.page);
  assert.deepEqual(ben.complaints, []);
});

test('a call that is declined says so on both sides', { skip }, async () => {
  const eve = await openWindow(desk);
  const dan = await openWindow(phone);
  await signIn(eve.page, server.httpUrl, 'Eve');
  await signIn(dan.page, server.httpUrl, 'Dan');
  await eve.page.getByRole('button', { name: 'Call Dan', exact: true }).click();
  await dan.page.getByRole('alertdialog', { name: 'Eve' }).waitFor();
  await dan.page.keyboard.press('Escape');
  await eve.page.getByRole('heading', { name: 'No call with Dan' }).waitFor();
  await eve.page.getByText('(603/0)').waitFor();
  await dan.page.getByRole('alertdialog').waitFor({ state: 'hidden' });
});

test('a sign-in link lets one person in over TLS, who as operator lets the next one in; a used link is refused', { skip }, async () => {
  const operator = await openWindow(desk);
  const link = new URL(await server.createSignInLink());
  const url = `${server.httpsUrl}/${link.hash}`;
  await signIn(operator.page, url, 'Olga');
  await operator.page.getByRole('link', { name: 'Operator' }).click();
  await operator.page.getByRole('button', { name: 'Make a sign-in link' }).click();
  const made = await operator.page.getByLabel('Link, good for one sign-in').inputValue();
  assert.match(made, /^https:\/\/.*\/#\/sign-in\?code=.+/);
  await operator.page.getByRole('link', { name: 'Calls' }).click();
  await operator.page.getByRole('switch', { name: 'Everybody’s calls' }).click();
  await operator.page.getByRole('link', { name: /Eve → Dan/ }).waitFor();

  const late = await openWindow(phone);
  await late.page.goto(url);
  await late.page.getByLabel('Your name').fill('Late');
  await late.page.getByRole('button', { name: 'Sign in' }).click();
  await late.page.getByRole('alert').getByText('SIGN_IN_CODE_INVALID').waitFor();

  const next = await openWindow(phone);
  await signIn(next.page, `${server.httpsUrl}/${new URL(made).hash}`, 'Nele');
  assert.equal(await next.page.getByRole('link', { name: 'Operator' }).count(), 0);
  assert.deepEqual(operator.complaints, []);
});

test('the network is tested through the relay itself, and what that used is in the ledger', { skip }, async () => {
  const olga = await openWindow(desk);
  await signIn(olga.page, `${server.httpUrl}/${new URL(await server.createSignInLink()).hash}`, 'Otto');
  await olga.page.getByRole('link', { name: 'Network' }).click();
  await olga.page.getByText(/^Calls work from here, with the best quality/).waitFor();
  const ways = olga.page.getByRole('table', { name: 'Ways to the server' });
  for (const transport of ['UDP', 'TCP']) await ways.getByRole('row', { name: new RegExp(`^Relay over ${transport}, \\S+ Works 33000 bytes went through it`) }).first().waitFor();
  assert.match(await ways.getByRole('row', { name: /^Symmetric NAT/ }).innerText(), /Symmetric NAT\s+No/);
  await picture(olga.page, 'network-test');

  await olga.page.getByRole('link', { name: 'Usage' }).click();
  const usage = olga.page.getByRole('table', { name: 'Relay usage' });
  await usage.getByRole('row', { name: new RegExp(`^${new Date().toISOString().slice(0, 10)}`) }).waitFor();
  await olga.page.getByLabel('Rate per GB').fill('0.4');
  await olga.page.getByLabel('Currency').fill('EUR');
  await olga.page.getByRole('button', { name: 'Set the rate' }).click();
  await olga.page.getByRole('radio', { name: 'Per allocation' }).click();
  await usage.getByRole('row').filter({ hasText: 'TCP' }).first().waitFor();
  const download = olga.page.waitForEvent('download');
  await olga.page.getByRole('button', { name: 'Ledger as CSV' }).click();
  assert.equal((await download).suggestedFilename(), 'relay-ledger.csv');
  await picture(olga.page, 'relay-usage');
  assert.deepEqual(olga.complaints, []);
});

test('a telephone is called from the dial pad, sent keys, transferred, joined by a third, and its messages are read in the call flow', { skip }, async () => {
  const { page, complaints } = await openWindow(desk);
  await signIn(page, `${server.httpUrl}/${new URL(await server.createSignInLink()).hash}`, 'Tilda');
  const other = await openWindow(phone);
  await signIn(other.page, server.httpUrl, 'Theo');
  await page.getByLabel('Telephone number', { exact: true }).fill('+1 202 555 0107');
  await page.getByRole('button', { name: 'Call the number' }).and(page.locator(':enabled')).click();
  await status(page, 'Connected').waitFor();

  await page.getByRole('button', { name: 'Keypad' }).click();
  await page.getByRole('group', { name: 'Keys' }).getByRole('button', { name: '1', exact: true }).click();
  for (const key of ['2', '*', '#']) await page.keyboard.press(key);
  await page.getByRole('status', { name: 'Keys sent' }).getByText('12*#', { exact: true }).waitFor();
  await picture(page, 'telephone-keypad');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Transfer' }).click();
  await page.getByRole('searchbox', { name: 'Transfer to' }).fill('Theo');
  await page.getByRole('button', { name: 'Transfer to Theo' }).click();
  await other.page.getByRole('alertdialog', { name: '+12025550107' }).getByRole('button', { name: 'Answer' }).click();
  await status(other.page, 'Connected').waitFor();
  await page.getByText('The call was transferred.').waitFor();

  await other.page.getByRole('button', { name: 'People' }).click();
  await other.page.getByRole('searchbox', { name: 'Add people' }).fill('Tilda');
  await other.page.getByRole('button', { name: 'Add Tilda' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Answer' }).click();
  await status(page, 'Connected').waitFor();
  await other.page.keyboard.press('Escape');
  await other.page.getByRole('button', { name: 'Keypad' }).click();
  await other.page.keyboard.press('7');
  await other.page.getByRole('status', { name: 'Keys sent' }).getByText('7', { exact: true }).waitFor();
  assert.ok(await isInsideWindow(other.page));
  await picture(other.page, 'telephone-phone');
  for (const each of [other.page, page]) await each.getByRole('button', { name: 'Hang up' }).click();
  await page.getByRole('button', { name: 'See the call flow' }).click();

  await page.getByRole('radio', { name: 'Table' }).click();
  await page.getByRole('table', { name: 'Call flow' }).getByRole('row').filter({ hasText: 'INVITE sip:' }).first().click();
  const message = page.getByRole('region', { name: 'SIP message' });
  await message.getByText('Content-Type: application/sdp').waitFor();
  assert.match(await message.innerText(), /^INVITE sip:\+12025550107@[^]*\nm=audio /);
  await picture(page, 'telephone-flow');
  await page.getByRole('button', { name: 'Beside its response' }).click();
  await page.getByRole('region', { name: 'Message on the right' }).getByText(/^SIP\/2\.0 200 /).waitFor();
  assert.match(await page.getByRole('region', { name: 'Message on the left' }).innerText(), /^INVITE sip:/);
  await picture(page, 'telephone-messages');
  await page.keyboard.press('Escape');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'SIP as pcap' }).click();
  const capture = await download;
  assert.match(capture.suggestedFilename(), /^call-[\da-f-]{36}\.pcap$/);
  // The magic number of libpcap's format, microseconds, least significant byte first.
  assert.equal(readFileSync(await capture.path()).readUInt32LE(0), 0xa1b2c3d4);

  await page.getByRole('link', { name: 'Telephony' }).click();
  await page.getByRole('table', { name: 'Trunks' }).getByRole('row', { name: /^demo-carrier\.test .* online/ }).waitFor();
  await page.getByRole('button', { name: 'Change +12025550191' }).click();
  await page.getByLabel('Names, separated by commas').fill('theo, Tilda');
  await page.getByRole('button', { name: 'Change the number' }).click();
  await page.getByRole('table', { name: 'Numbers' }).getByRole('row', { name: /^\+12025550191 Theo, Tilda demo-carrier\.test/ }).waitFor();
  await page.getByLabel('Number to call').fill('+12025550101');
  await page.getByLabel('Number to call').press('Enter');
  await page.getByRole('table', { name: 'Rules' }).getByRole('row', { name: /^Route Demonstration carrier matches/ }).waitFor();
  await page.getByRole('button', { name: 'Make credentials' }).click();
  await page.getByRole('region', { name: 'Credentials of the new phone' }).getByText('Waiting for the phone to register').waitFor();
  await page.getByRole('table', { name: 'SIP phones' }).getByRole('row', { name: /Tilda not registered/ }).waitFor();
  await page.locator('main').evaluate((main) => main.scrollTo(0, 0));
  await picture(page, 'telephony');
  await page.getByRole('button', { name: 'Change +12025550192' }).click();
  await page.getByLabel('Comes by').selectOption({ label: 'any trunk' });
  await page.getByLabel('Calls go to').selectOption({ label: 'Nobody' });
  await page.getByRole('button', { name: 'Change the number' }).click();
  await page.getByRole('table', { name: 'Numbers' }).getByRole('row', { name: /^\+12025550192 nobody any trunk/ }).waitFor();
  await page.getByRole('button', { name: /^Delete phone-/ }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText('No SIP phone yet.').waitFor();
  await changePolicy(page);
  await page.locator('main').evaluate((main) => main.scrollTo(0, 0));
  await picture(page, 'policy');
  assert.deepEqual([...complaints, ...other.complaints], []);
});
