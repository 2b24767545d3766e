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
  const planner = new LinePlanner({ books, link, domain: () => 'here.test' });
  const plan = planner.plan(dial);
  assert.ok(plan.kind === 'ways');
  const [first] = plan.attempts;
  assert.ok(first);
  return { books, planner, redirected: (...contacts: readonly string[]) => planner.redirect(plan.dial, first.far, contacts, 'unconditional') };
}

test('an address that said nothing is called after the others of its trunk', async (t) => {
  const { books, planner } = await planned(t);
  books.health.noteCalls('sbc.example.com', { calls: 'unknown', silentAddresses: new Set(['sip:198.51.100.7:5060']) });
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
