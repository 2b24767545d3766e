import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { RoomsClient } from '@azure/communication-rooms';
import type { Page } from 'playwright-core';
import { TestBrowser, type PageOptions } from './test-browser.ts';
import { TestServer } from './test-server.ts';
import { TestWholeServer } from './test-whole-server.ts';

/** What the page offers. */
declare const ui: {
  startComposite(options: object): Promise<void>;
  awaitCall(options: object): Promise<void>;
  join(options: object): Promise<void>;
  role(): string | undefined;
  callTelephone(options: object): Promise<void>;
  /** States of a call to a telephone, and the page that is shown. */
  readonly states: readonly string[];
  readonly page: string;
  /** Names of who else is in the call. */
  others(): readonly string[];
  /** The caller in the callee's state. */
  remote(): RemoteState | undefined;
  readonly pages: readonly string[];
  readonly adapter: { getState(): { readonly latestErrors: object } };
  readonly client: { getState(): { readonly latestErrors: object } };
};

/** What the library keeps of a remote participant, as much of it as is looked at. */
interface RemoteState {
  readonly isMuted: boolean;
  readonly raisedHand?: { readonly raisedHandOrderPosition: number };
  readonly videoStreams: Readonly<Record<string, { readonly mediaStreamType: string; readonly isAvailable: boolean }>>;
}

const folder = join(import.meta.dirname, '../acceptance/ui-library');

/** The UI library is half a gigabyte: it is installed when this test is first run, from its own lock file. */
function installOnDemand(): void {
  if (existsSync(join(folder, 'node_modules/@azure/communication-react'))) return;
  const { status, stderr } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the UI library was not installed:\n${stderr}`);
}

const page: PageOptions = {
  entry: join(folder, 'page.jsx'),
  esbuild: {
    alias: {
      '@azure/communication-calling': join(import.meta.dirname, 'index.ts'),
      '@azure/communication-calling-effects': join(folder, 'calling-effects.js'),
      '@azure/communication-chat': join(folder, 'chat.js'),
    },
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    loader: { '.svg': 'dataurl' },
  },
};

let browser: TestBrowser;
let server: TestServer;
before(async () => {
  installOnDemand();
  browser = await TestBrowser.launch();
  server = await TestServer.start();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await server.stop();
});

const playing = (count: number) => {
  const videos = [...document.querySelectorAll('video')].filter(({ videoWidth, currentTime }) => videoWidth > 0 && currentTime > 0);
  return videos.length >= count;
};

async function clickWhenReady(caller: Page, dataUiId: string): Promise<void> {
  await caller.locator(`[data-ui-id="${dataUiId}"]`).last().click({ timeout: 30_000 });
}

test('the unmodified CallComposite calls somebody, with video both ways, and leaves', { timeout: 180_000 }, async () => {
  const [alice, bob] = [await server.token(), await server.token()];
  const callee = await browser.open(page);
  await callee.page.evaluate((options) => ui.awaitCall(options), { token: bob.token, rawId: bob.identifier, displayName: 'Bob' });
  const caller = await browser.open(page);
  const targetCallees = [{ communicationUserId: bob.identifier }];
  await caller.page.evaluate((options) => ui.startComposite(options), { token: alice.token, rawId: alice.identifier, displayName: 'Alice', targetCallees });

  await clickWhenReady(caller.page, 'call-composite-local-device-settings-camera-button');
  await caller.page.waitForFunction(playing, 1);
  await clickWhenReady(caller.page, 'call-composite-start-call-button');
  await caller.page.waitForFunction(() => ui.pages.includes('call'));
  await Promise.all([caller.page.waitForFunction(playing, 2), callee.page.waitForFunction(playing, 2)]);
  await caller.page.getByText('Bob').first().waitFor();

  await clickWhenReady(caller.page, 'call-composite-raisehand-button');
  await callee.page.waitForFunction(() => ui.remote()?.raisedHand?.raisedHandOrderPosition === 1);
  await clickWhenReady(caller.page, 'call-composite-microphone-button');
  await callee.page.waitForFunction(() => ui.remote()?.isMuted === true);
  await clickWhenReady(caller.page, 'call-composite-screenshare-button');
  await callee.page.waitForFunction(() => Object.values(ui.remote()?.videoStreams ?? {}).some(({ mediaStreamType, isAvailable }) => mediaStreamType === 'ScreenSharing' && isAvailable));
  await callee.page.waitForFunction(playing, 3);

  await clickWhenReady(caller.page, 'call-composite-hangup-button');
  await caller.page.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
  await caller.page.waitForFunction(() => ui.pages.includes('leftCall'));
  const pages = await caller.page.evaluate(() => ui.pages);
  assert.deepEqual(pages, ['configuration', 'lobby', 'call', 'leaving', 'leftCall']);
  assert.deepEqual(await caller.page.evaluate(() => ui.adapter.getState().latestErrors), {});
  assert.deepEqual(await callee.page.evaluate(() => ui.client.getState().latestErrors), {});
  assert.deepEqual([caller.errors, callee.errors], [[], []]);
});

test('the unmodified CallComposite calls a telephone, presses keys on its dial pad, and shows why another one was not reached', { timeout: 180_000 }, async () => {
  await using whole = await TestWholeServer.start('--demo-carrier');
  const call = async (displayName: string, phoneNumber: string) => {
    const { token, identifier } = await whole.person(displayName);
    const opened = await browser.open(page);
    await opened.page.evaluate((options) => ui.callTelephone(options), { token, rawId: identifier, displayName, endpoint: whole.url, phoneNumber, alternateCallerId: '+12025550190' });
    await clickWhenReady(opened.page, 'call-composite-start-call-button');
    return opened;
  };
  const { page: caller, errors } = await call('Alice', '+12025550107');
  await caller.waitForFunction(() => ui.states.includes('Connected'));
  // Towards a telephone the dial pad is there without being asked for.
  const pressed = caller.waitForRequest((request) => request.url().endsWith(':sendDtmf') && request.postData()?.includes('"tones":"5"') === true);
  await caller.locator('[data-test-id="dialpad-button-4"]').click();
  assert.equal((await (await pressed).response())?.status(), 204);
  assert.deepEqual(await caller.evaluate(() => ui.adapter.getState().latestErrors), {});
  const engaged = await call('Bob', '+12025550103');
  await engaged.page.waitForFunction(() => ui.states.includes('Disconnected'));
  assert.deepEqual([errors, engaged.errors], [[], []]);
});

test('three unmodified composites meet in a group call, and see each other', { timeout: 180_000 }, async () => {
  await using whole = await TestWholeServer.start();
  const groupId = randomUUID();
  const names = ['Alice', 'Bob', 'Cy'];
  const members = await Promise.all(names.map(async (displayName) => {
    const { token, identifier } = await whole.person(displayName);
    const opened = await browser.open(page);
    await opened.page.evaluate((options) => ui.join(options), { token, rawId: identifier, displayName, endpoint: whole.url, locator: { groupId } });
    await clickWhenReady(opened.page, 'call-composite-local-device-settings-camera-button');
    await clickWhenReady(opened.page, 'call-composite-start-call-button');
    return { ...opened, displayName };
  }));
  for (const { page: member, displayName } of members) {
    await member.waitForFunction((others) => ui.others().join() === others, names.filter((name) => name !== displayName).join());
    await member.waitForFunction(playing, 3);
  }
  for (const { page: member, errors } of members) {
    assert.deepEqual(await member.evaluate(() => ui.adapter.getState().latestErrors), {});
    assert.deepEqual(errors, []);
  }
});

/** The page at the end of a call asks how it was, and then says why it ended. */
async function sayWhy(ended: Page, title: string): Promise<void> {
  await ended.getByText('Skip', { exact: true }).click({ timeout: 30_000 });
  await ended.getByText(title).first().waitFor();
}

test('unmodified composites meet in a room: who only watches cannot speak, and each refusal has the page that the library has for it', { timeout: 180_000 }, async () => {
  await using whole = await TestWholeServer.start();
  const rooms = new RoomsClient(await whole.connectionString(), { allowInsecureConnection: true });
  const [pia, carl, eve] = [await whole.person('Pia'), await whole.person('Carl'), await whole.person('Eve')];
  const as = ({ identifier }: typeof pia, role: 'Presenter' | 'Consumer') => ({ id: { communicationUserId: identifier }, role });
  const { id: roomId } = await rooms.createRoom({ participants: [as(pia, 'Presenter'), as(carl, 'Consumer')] });
  const { id: later } = await rooms.createRoom({ validFrom: new Date(Date.now() + 3_600_000), participants: [as(eve, 'Presenter')] });
  const enter = async (displayName: string, { token, identifier }: typeof pia, room: string, ...buttons: readonly string[]) => {
    const opened = await browser.open(page);
    await opened.page.evaluate((options) => ui.join(options), { token, rawId: identifier, displayName, endpoint: whole.url, locator: { roomId: room } });
    for (const button of [...buttons, 'call-composite-start-call-button']) await clickWhenReady(opened.page, button);
    return opened;
  };
  const presenter = await enter('Pia', pia, roomId, 'call-composite-local-device-settings-camera-button');
  const watcher = await enter('Carl', carl, roomId);
  await watcher.page.waitForFunction(() => ui.role() === 'Consumer' && ui.others().join() === 'Pia');
  await watcher.page.waitForFunction(playing, 1);
  const microphone = '[data-ui-id="call-composite-microphone-button"]';
  assert.deepEqual([await watcher.page.locator(microphone).last().isEnabled(), await presenter.page.locator(microphone).last().isEnabled()], [false, true]);
  await rooms.removeParticipants(roomId, [{ communicationUserId: carl.identifier }]);
  await sayWhy(watcher.page, 'Invite to room removed');
  for (const [room, title] of [[roomId, 'Not invited to room'], [later, 'Room not valid'], ['99000000000000000', 'Room not found']] as const) {
    const refused = await enter('Eve', eve, room);
    await sayWhy(refused.page, title);
  }
  for (const { page: member, errors } of [presenter, watcher]) {
    assert.deepEqual(await member.evaluate(() => ui.adapter.getState().latestErrors), {});
    assert.deepEqual(errors, []);
  }
});
