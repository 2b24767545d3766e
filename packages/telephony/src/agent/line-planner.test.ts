import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { PutTrunkRequest } from '@dialplane/calling-api';
import type { SipLink } from '@dialplane/sip';
import { inside } from '../line/test-line.ts';
import { testBooks } from '../test-store.ts';
import type { DialCommand } from './line-directory.ts';
import { LinePlanner } from './line-planner.ts';

const dial: DialCommand = { kind: 'dial', callId: 'c', lineId: 'line', target: { kind: 'number', number: '+49 30 12345', callerId: '+14255550101' }, from: { identifier: '8:acs:r1_ada' }, conferenceId: 'k', legId: 'l' };
const link: SipLink = { flow: inside, send: () => undefined, onMessage: () => undefined, contactOf: (user) => `sip:${user}@here.test` };

/** A call that a trunk with two addresses has been asked for. */
async function planned(t: TestContext, trunk: PutTrunkRequest = {}) {
  const { books } = await testBooks(t)();
  assert.ok((await books.desk.putTrunk('sbc.example.com', { preset: 'generic-udp', addresses: ['198.51.100.7', '198.51.100.8'], ...trunk })).ok);
  assert.ok((await books.desk.putNumber('+14255550101', { target: { kind: 'none' } })).ok);
  assert.ok((await books.desk.replaceRoutes({ routes: [{ name: 'all', numberPattern: '.*', trunks: ['sbc.example.com'] }] })).ok);
  const planner = new LinePlanner({ books, link, domain: () => 'here.test', isRegistered: () => true });
  const plan = planner.plan(dial);
  assert.ok(plan.kind === 'ways');
  const [first] = plan.attempts;
  assert.ok(first);
  return { books, planner, redirected: (...contacts: readonly string[]) => planner.redirect(plan.dial, first.far, contacts, 'unconditional') };
}

test('an address that said nothing is called after the others of its trunk', async (t) => {
  const { books, planner } = await planned(t);
  books.health.noteCalls('sbc.example.com', { calls: 'unknown', heldAddresses: new Set(['sip:198.51.100.7:5060']) });
  const plan = planner.plan(dial);
  assert.deepEqual(plan.kind === 'ways' && plan.attempts.map(({ invite, address }) => [invite.uri, address]), [['sip:+493012345@198.51.100.8:5060', 'sip:198.51.100.8:5060'], ['sip:+493012345@198.51.100.7:5060', 'sip:198.51.100.7:5060']]);
});

test('a trunk may send a call on to another of its hosts', async (t) => {
  const { redirected, books } = await planned(t);
  const plan = redirected('<sip:+493012345@evil.example.net>;q=1', '<sip:+493012345@198.51.100.8:5070>;q=0.5', '<sip:+493012345@sbc.example.com>;q=0.9');
  assert.deepEqual(plan.kind === 'ways' && plan.attempts.map(({ invite }) => invite.uri), ['sip:+493012345@sbc.example.com', 'sip:+493012345@198.51.100.8:5070']);
  assert.deepEqual(plan.kind === 'ways' && plan.attempts.map(({ callerId }) => callerId), ['+14255550101', '+14255550101']);
  assert.equal(books.meter.linesOn('sbc.example.com'), 1, 'it is the same line');
});

test('a call for another number is that call: routed, told where it was, metered; and refused where that number is barred', async (t) => {
  const { redirected, books } = await planned(t);
  const plan = redirected('<sip:+493099999@evil.example.net>');
  assert.ok(plan.kind === 'ways');
  assert.deepEqual(plan.attempts.map(({ invite }) => invite.uri), ['sip:+493099999@198.51.100.7:5060', 'sip:+493099999@198.51.100.8:5060']);
  assert.deepEqual(plan.attempts[0]?.invite.headers?.find(([name]) => name === 'Diversion')?.[1], '<sip:+493012345@here.test;user=phone>;reason=unconditional;counter=1;privacy=off');
  books.meter.end('line', 'hungUp');
  await books.settled();
  const records = await books.desk.usageRecords({}, { limit: 10, cursor: undefined });
  assert.deepEqual(records?.value.map(({ recordId, number, reason }) => [recordId, number, reason]), [['line', '+493012345', 'redirected'], ['line/+493099999', '+493099999', 'hungUp']]);
  assert.equal((await planned(t)).redirected('<sip:+19005550100@198.51.100.7>').kind, 'refused', 'premium');
});

test('strangers\' hosts are sent nothing, nor anybody where the trunk is not to be followed', async (t) => {
  assert.equal((await planned(t)).redirected('<sip:+493012345@evil.example.net>', '<mailto:a@b.test>', 'rubbish').kind, 'notFollowed');
  assert.equal((await planned(t, { profile: { redirects: 'refused' } })).redirected('<sip:+493099999@198.51.100.7>').kind, 'notFollowed');
});

/** A SIP phone of Bob's that is called by Ada; Carol has one that is registered and one that is not, Dave has none. */
async function forwarding(t: TestContext, bobsNumber?: string) {
  const { books } = await planned(t);
  for (const [username, owner] of [['bob-desk', 'bob'], ['bob-home', 'bob'], ['carol-desk', 'carol'], ['carol-home', 'carol']] as const) await books.desk.createDevice({ identifier: `8:acs:r1_${owner}`, username });
  if (bobsNumber !== undefined) await books.desk.putNumber(bobsNumber, { target: { kind: 'users', identifiers: ['8:acs:r1_bob'] } });
  await books.desk.putNumber('+14255550103', { target: { kind: 'users', identifiers: ['8:acs:r1_carol'] } });
  await books.desk.putNumber('+14255550104', { target: { kind: 'users', identifiers: ['8:acs:r1_dave'] } });
  const planner = new LinePlanner({ books, link, domain: () => 'here.test', isRegistered: (username) => username !== 'carol-home' });
  const toPhone: DialCommand = { ...dial, lineId: 'to bob', target: { kind: 'device', deviceId: 'bob-desk' }, from: { identifier: '8:acs:r1_ada', displayName: 'Ada' } };
  const plan = planner.plan(toPhone);
  assert.ok(plan.kind === 'ways');
  const [first] = plan.attempts;
  assert.ok(first);
  return { books, forwarded: (...contacts: readonly string[]) => planner.redirect(plan.dial, first.far, contacts, 'busy') };
}

test('a SIP phone sends a call on to another one by its name, and to users by their identifiers and numbers', async (t) => {
  const { forwarded } = await forwarding(t);
  const plan = forwarded('<mailto:bob@here.test>', '<sip:carol-desk@here.test>');
  assert.deepEqual(plan.kind === 'ways' && plan.attempts.map(({ invite, far: { phone }, why }) => [invite.uri, phone, why]), [['sip:carol-desk@here.test', 'carol-desk', 'bob-desk has sent the call on to carol-desk.']]);
  assert.match(plan.kind === 'ways' ? plan.attempts[0]?.invite.from ?? '' : '', /^Ada <sip:8%3Aacs%3Ar1_ada@/);
  for (const [contact, user] of [['<sip:8%3Aacs%3Ar1_carol@here.test>', 'carol'], ['<tel:+14255550103>', 'carol'], ['<sip:+14255550104@here.test>', 'dave']] as const) {
    assert.deepEqual(forwarded(contact), { kind: 'forwarded', identifiers: [`8:acs:r1_${user}`], redirection: { by: '8:acs:r1_bob', reason: 'busy' } }, contact);
  }
});

test('a SIP phone sends a call on to a telephone, which its user then calls', async (t) => {
  const { forwarded, books } = await forwarding(t, '+14255550102');
  const plan = forwarded('<sip:+493099999@wherever.test>');
  assert.ok(plan.kind === 'ways');
  const [{ invite, callerId, far: { trunk } } = assert.fail('no way')] = plan.attempts;
  assert.deepEqual([invite.uri, callerId, trunk, invite.from], ['sip:+493099999@198.51.100.7:5060', '+14255550102', 'sbc.example.com', 'Ada <sip:+14255550102@here.test>']);
  assert.deepEqual(invite.headers?.find(([name]) => name === 'Diversion')?.[1], '<sip:+14255550102@here.test;user=phone>;reason=user-busy;counter=1;privacy=off');
  books.meter.end('to bob', 'hungUp');
  await books.settled();
  const records = await books.desk.usageRecords({}, { limit: 10, cursor: undefined });
  assert.deepEqual(records?.value.filter(({ recordId }) => recordId === 'to bob').map(({ identifier, number }) => [identifier, number]), [['8:acs:r1_bob', '+493099999']]);
});

test('what a SIP phone may not do says why', async (t) => {
  const { forwarded } = await forwarding(t, '+14255550102');
  const said = (plan: ReturnType<typeof forwarded>): string => (plan.kind === 'ways' || plan.kind === 'forwarded' ? plan.kind : plan.sentence);
  assert.match(said(forwarded('<sip:carol-home@here.test>')), /carol-home, which is not registered/);
  assert.match(said(forwarded('<sip:bob-home@here.test>')), /its own user/);
  assert.match(said(forwarded('<tel:+14255550102>')), /its own user/);
  assert.match(said(forwarded('<sip:mallory@evil.example.net>')), /to no telephone number, and to no user/);
  assert.match(said(forwarded('<sip:+19005550100@here.test>')), /premium rate/);
  assert.match(said((await forwarding(t)).forwarded('<tel:+493099999>')), /has no number of this server/);
});
