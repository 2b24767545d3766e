import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { TestBrowser, withoutBrowser } from './test-browser.ts';
import type { GroupMember } from './test-group-page.ts';
import { TestWholeServer } from './test-whole-server.ts';

declare const member: GroupMember;

let browser: TestBrowser;
let server: TestWholeServer;
before(async () => {
  browser = await TestBrowser.launch();
  server = await TestWholeServer.start();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

interface Person {
  readonly name: string;
  readonly hertz: number;
  readonly colour: string;
}
const ada: Person = { name: 'Ada', hertz: 500, colour: 'red' };
const bob: Person = { name: 'Bob', hertz: 900, colour: 'lime' };
/** Says everything twice. */
const cy: Person = { name: 'Cy', hertz: 1500, colour: 'blue' };

interface Present extends Person {
  readonly page: Page;
  readonly identifier: string;
  readonly errors: string[];
}

/** From here on the page's sound goes out as RED (RFC 2198), which Chromium sends where that comes before Opus. */
function repeatSound(): void {
  const { prototype } = RTCPeerConnection;
  const createOffer = prototype.createOffer as () => Promise<RTCSessionDescriptionInit>;
  Object.assign(prototype, {
    async createOffer(this: RTCPeerConnection): Promise<RTCSessionDescriptionInit> {
      const { type, sdp = '' } = await createOffer.call(this);
      return { type, sdp: sdp.replaceAll(/^(m=audio \d+ \S+) 111 63 /gm, '$1 63 111 ') };
    },
  });
}

async function arrive(person: Person): Promise<Present> {
  const { page, errors } = await browser.open({ entry: join(import.meta.dirname, 'test-group-page.ts') });
  if (person === cy) await page.evaluate(repeatSound);
  page.on('console', (message) => {
    if (process.env['TEST_LOG'] !== undefined) console.error(person.name, message.type(), message.text());
  });
  await page.waitForFunction(() => 'member' in globalThis);
  const { token, identifier } = await server.person(person.name);
  await page.evaluate(([accessToken, name, url]) => member.signIn(accessToken as string, name as string, url as string), [token, person.name, server.url]);
  return { ...person, page, identifier, errors };
}

/** Everybody in the same call, each with a view of each other. */
async function gather(...persons: readonly Person[]): Promise<Present[]> {
  const present = await Promise.all(persons.map(arrive));
  const groupId = randomUUID();
  for (const { page, hertz, colour } of present) await page.evaluate(([group, tone, paint]) => member.join(group as string, tone as number, paint as string), [groupId, hertz, colour]);
  await Promise.all(present.map(({ page }) => page.evaluate(() => member.reaches('Connected'))));
  for (const { page } of present) await lookAt(page, present.filter((other) => other.page !== page));
  return present;
}

async function lookAt(page: Page, others: readonly Person[]): Promise<void> {
  for (const { name } of others) await page.evaluate((displayName) => member.look(displayName), name);
}

async function everybodyHears(present: readonly Present[]): Promise<void> {
  const tones = present.map(({ hertz }) => hertz);
  await Promise.all(
    present.map(({ page, hertz }) => page.evaluate(([expected, all]) => member.hears(expected ?? [], all ?? []), [tones.filter((tone) => tone !== hertz), tones])),
  );
}

async function everybodySees(present: readonly Present[]): Promise<void> {
  for (const { page } of present) {
    for (const other of present.filter((candidate) => candidate.page !== page)) {
      await page.evaluate((name) => member.isReceiving(name), other.name);
      await page.bringToFront();
      await page.waitForFunction(() => document.visibilityState === 'visible');
      assert.equal(await untilColour(page, other), other.colour);
    }
  }
}

/** The colour shown for somebody, once it is theirs; the last one seen where that does not happen. */
async function untilColour(page: Page, { name, colour }: Person): Promise<string> {
  let shown = '';
  for (let looks = 0; looks < 200 && shown !== colour; looks += 1) {
    const clip = await page.evaluate((displayName) => member.place(displayName), name);
    const png = (await page.screenshot({ clip })).toString('base64');
    shown = await page.evaluate((picture) => member.colourOf(picture), png);
  }
  return shown;
}

test('three in a call hear and see each other, mixed and forwarded, and go on through every change of the two', { skip: withoutBrowser }, async () => {
  const present = await gather(ada, bob, cy);
  const [first] = present;
  await everybodyHears(present);
  const [once = 0, , twice = 0] = await Promise.all(present.map(({ page }) => page.evaluate(() => member.bytesOfSound())));
  assert.ok(twice > 1.2 * once, `${twice} bytes a packet, where the sound goes out as RED, and ${once} elsewhere`);
  await everybodySees(present);
  for (const modes of [{ audio: 'forwarded', video: 'forwarded' }, { audio: 'forwarded', video: 'mixed' }, { audio: 'mixed', video: 'mixed' }, { audio: 'mixed', video: 'forwarded' }] as const) {
    await first?.page.evaluate((asked) => member.setModes(asked), modes);
    await everybodyHears(present);
    await everybodySees(present);
  }
  assert.ok((await first?.page.evaluate(() => member.speakers()))?.includes('Bob'));
  const [, ...viewers] = present;
  for (const { page } of viewers) await page.evaluate((name) => member.lookAway(name), ada.name);
  await first?.page.evaluate(() => member.sendsNoPicture());
  for (const { page } of viewers) await lookAt(page, [ada]);
  await everybodySees(present);
  for (const { page } of present) await page.evaluate(() => member.hangUp());
  assert.deepEqual(present.flatMap(({ errors }) => errors), []);
});

test('a third person is added to a call of two, who go on hearing and seeing each other', { skip: withoutBrowser }, async () => {
  const [one, other, third] = await Promise.all([arrive(ada), arrive(bob), arrive(cy)]);
  await one.page.evaluate(([to, hertz, colour]) => member.start([to as string], hertz as number, colour as string), [other.identifier, one.hertz, one.colour]);
  await other.page.evaluate(([hertz, colour]) => member.accept(hertz as number, colour as string), [other.hertz, other.colour]);
  await Promise.all([one, other].map(({ page }) => page.evaluate(() => member.reaches('Connected'))));
  await lookAt(one.page, [other]);
  await lookAt(other.page, [one]);
  await everybodyHears([one, other]);
  await everybodySees([one, other]);
  await one.page.evaluate((identifier) => member.add(identifier), third.identifier);
  await third.page.evaluate(([hertz, colour]) => member.accept(hertz as number, colour as string), [third.hertz, third.colour]);
  await third.page.evaluate(() => member.reaches('Connected'));
  await lookAt(third.page, [one, other]);
  await lookAt(one.page, [third]);
  await lookAt(other.page, [third]);
  await everybodyHears([one, other, third]);
  await everybodySees([one, other, third]);
  await one.page.evaluate(() => member.hangUp());
  await everybodyHears([other, third]);
});
