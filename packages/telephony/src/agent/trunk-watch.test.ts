import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { PutTrunkRequest } from '@dialplane/calling-api';
import type { SipLink } from '@dialplane/sip';
import type { TrunkCalled } from '../line/live-line.ts';
import { inside } from '../line/test-line.ts';
import { testBooks } from '../test-store.ts';
import { TrunkWatch, type TrunkWatchOptions } from './trunk-watch.ts';

const name = 'a.test';
const [first, second] = ['sip:198.51.100.7:5060', 'sip:198.51.100.8:5060'] as const;
const link: SipLink = { flow: inside, send: () => undefined, onMessage: () => undefined, contactOf: (user) => `sip:${user}@here.test` };

/** A watch over a trunk with two addresses, and another trunk beside it. */
async function watching(t: TestContext, trunk: PutTrunkRequest = {}) {
  const { books, clock } = await testBooks(t)();
  await books.desk.putTrunk(name, { preset: 'generic-udp', addresses: ['198.51.100.7', '198.51.100.8'], ...trunk });
  await books.desk.putTrunk('b.test', { preset: 'generic-udp' });
  await books.desk.putNumber('+14255550101', { target: { kind: 'none' } });
  await books.desk.replaceRoutes({ routes: [{ name: 'all', numberPattern: '.*', trunks: [name, 'b.test'] }] });
  const commands: Parameters<TrunkWatchOptions['command']>[0][] = [];
  const watch = new TrunkWatch({ trunks: books.trunks, board: books.health, link, domain: () => 'here.test', now: () => clock.at, command: (command) => commands.push(command) });
  t.after(() => watch.stop());
  watch.start();
  const plan = () => books.router.plan({ number: '+4930123456', callerId: '+14255550101' });
  const asked = () => commands.splice(0).flatMap((command) => (command.kind === 'watch' ? [command.uri] : []));
  asked();
  const health = () => books.desk.trunks().value[0]?.health;
  return { watch, clock, plan, health, asked, heldAddresses: () => [...books.health.callsOf(name).heldAddresses], order: () => plan().candidates.map((candidate) => candidate.trunk) };
}

test('a trunk of which a call heard nothing is tried last from then on, which is explained, until a call or OPTIONS is answered', async (t) => {
  const { watch, plan, health, asked, heldAddresses, order } = await watching(t);
  const before = order();
  watch.hearCall({ trunk: name, address: first, outcome: { kind: 'silent' } });
  assert.deepEqual([order(), heldAddresses(), asked(), health()?.calls], [before, [first], [first], 'unknown'], 'the other address may answer');
  watch.hearCall({ trunk: name, address: second, outcome: { kind: 'silent' } });
  assert.deepEqual([order(), health()?.calls, health()?.state], [['b.test', name], 'silent', 'warning']);
  assert.ok(plan().steps.some(({ name: step, why }) => step === name && why === `It is tried last: ${first} said nothing when it was called at 2026-11-26T12:00:00.000Z.`));
  watch.hearCall({ trunk: name, address: second, outcome: { kind: 'silent' } });
  assert.deepEqual(asked(), [second], 'it is asked once');
  watch.hearCall({ trunk: name, address: second, outcome: { kind: 'heard' } });
  assert.deepEqual([order(), heldAddresses(), health()?.calls, health()?.state], [before, [first], 'heard', 'online']);
  watch.hearCall({ trunk: name, address: second, outcome: { kind: 'silent' } });
  watch.hear({ kind: 'peerHealthChanged', peerId: `${name} ${first}`, health: 'up', status: 200 });
  assert.deepEqual([order(), heldAddresses()], [before, [second]]);
  watch.hearOptions(name);
  assert.deepEqual([order(), heldAddresses()], [before, []]);
});

test('a trunk that answers OPTIONS and no call is held back for longer each time, until a call gets through', async (t) => {
  const { watch, plan, health, order, clock } = await watching(t, { addresses: ['198.51.100.7'] });
  const before = order();
  const call = (outcome: TrunkCalled['outcome']) => watch.hearCall({ trunk: name, address: first, outcome });
  const answersOptions = () => watch.hear({ kind: 'peerHealthChanged', peerId: `${name} ${first}`, health: 'up', status: 200 });
  call({ kind: 'silent' });
  answersOptions();
  assert.deepEqual(order(), before, 'it may have been a moment');
  for (const minutes of [1, 2, 4]) {
    call({ kind: 'silent' });
    answersOptions();
    watch.hearOptions(name);
    clock.at += minutes * 60_000 - 1;
    watch.sweep();
    assert.deepEqual(order(), ['b.test', name], `${minutes} minutes`);
    if (minutes === 2) {
      const why = `${first} said nothing when it was called at 2026-11-26T12:01:00.000Z, for the 3rd time since a call got through; it is called in its turn again after 2026-11-26T12:03:00.000Z.`;
      assert.equal(health()?.reason, why);
      assert.ok(plan().steps.some((step) => step.why === `It is tried last: ${why}`));
    }
    clock.at += 1;
    watch.sweep();
    assert.deepEqual(order(), before);
  }
  call({ kind: 'heard' });
  call({ kind: 'silent' });
  answersOptions();
  assert.deepEqual(order(), before, 'it begins anew');
});

test('a trunk that refuses three calls in a row itself is held back, at once where it says for how long; who says no for somebody called is none', async (t) => {
  const { watch, health, order, clock } = await watching(t, { addresses: ['198.51.100.7'] });
  const before = order();
  const call = (outcome: TrunkCalled['outcome']) => watch.hearCall({ trunk: name, address: first, outcome });
  const refuse = (retryAfterSeconds?: number) => call({ kind: 'refused', status: 503, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) });
  refuse();
  refuse();
  call({ kind: 'heard' });
  refuse();
  refuse();
  assert.deepEqual(order(), before);
  refuse();
  assert.deepEqual([order(), health()?.calls, health()?.state], [['b.test', name], 'refused', 'warning']);
  assert.match(health()?.reason ?? '', /^sip:198.51.100.7:5060 refused a call with 503 at \S+, for the 3rd time since a call got through; it is called in its turn again after 2026-11-26T12:01:00.000Z/);
  watch.hearOptions(name);
  assert.deepEqual(order(), ['b.test', name], 'OPTIONS say nothing of calls');
  clock.at += 60_000;
  watch.sweep();
  assert.deepEqual([order(), health()?.calls], [before, 'unknown']);
  call({ kind: 'heard' });
  refuse(600);
  clock.at += 599_999;
  watch.sweep();
  assert.deepEqual(order(), ['b.test', name]);
  clock.at += 1;
  watch.sweep();
  assert.deepEqual(order(), before);
});

test('a trunk that nobody asks by OPTIONS is given another call after a while', async (t) => {
  const { watch, asked, order, clock } = await watching(t, { addresses: ['198.51.100.7'], optionsIntervalSeconds: 0 });
  const before = order();
  watch.hearCall({ trunk: name, address: first, outcome: { kind: 'silent' } });
  assert.deepEqual([order(), asked()], [['b.test', name], []]);
  clock.at += 60_000;
  watch.sweep();
  assert.deepEqual(order(), ['b.test', name]);
  clock.at += 1;
  watch.sweep();
  assert.deepEqual(order(), before);
});
