import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import type { RelayGrant } from '../relay-grant.ts';
import { limitPages, testStores } from '../test-store.ts';
import { RelayCredentials, type RelayCredential, type RelayCredentialsOptions } from './relay-credentials.ts';

const hour = 3_600_000;
const clock = { now: Date.parse('2026-11-26T00:00:00.400Z') };
const alice = { resourceId: 'r1', userId: '8:acs:r1_alice', callId: 'c1', participantId: 'p1' };
const bob = { resourceId: 'r1', userId: '8:acs:r1_bob', callId: 'c1', participantId: 'p2' };

/** Opens credentials on a store; beside them what the plane was told. */
async function open(t: TestContext, options: Partial<RelayCredentialsOptions> = {}, openStore = testStores(t)) {
  const store = await openStore();
  const logger = createLogger({ level: 'silent' });
  const credentials = await RelayCredentials.open({ store, logger, secret: 'of the test', now: () => clock.now, ...options });
  const admitted = new Map<string, RelayGrant>();
  credentials.attach({ admit: (grant) => admitted.set(grant.credentialId, grant), revoke: (credentialId) => admitted.delete(credentialId) });
  const works = (credential: RelayCredential | undefined): boolean => admitted.has(credential?.username.split(':')[1] ?? '');
  return { credentials, store, admitted, works };
}

test('a participant has one credential for as long as it is good', async (t) => {
  const { credentials, admitted } = await open(t);
  const first = credentials.forParticipant(alice);
  assert.ok(first !== undefined);
  assert.deepEqual(credentials.forParticipant(alice), first);
  assert.equal(first.expiresAt, Date.parse('2026-11-26T12:00:00Z'));
  const [expiry, credentialId = ''] = first.username.split(':');
  assert.equal(Number(expiry) * 1000, first.expiresAt);
  assert.equal(first.password, createHmac('sha1', 'of the test').update(first.username).digest('base64'));
  assert.deepEqual([...admitted.values()], [{ credentialId, resourceId: 'r1', userId: alice.userId, call: { callId: 'c1', participantId: 'p1' }, expiresAt: first.expiresAt }]);
  assert.doesNotMatch(first.username, /alice|c1|p1/);
  assert.notEqual(credentials.forParticipant(bob)?.username, first.username);
});

test('it is renewed when a third of its life is left, and the old one goes on working', async (t) => {
  const { credentials, works } = await open(t);
  const first = credentials.forParticipant(alice);
  clock.now += 7 * hour;
  assert.deepEqual(credentials.dueForRenewal(), []);
  clock.now += 2 * hour;
  assert.deepEqual(credentials.dueForRenewal(), [{ callId: 'c1', participantId: 'p1' }]);
  const second = credentials.forParticipant(alice);
  assert.notEqual(second?.username, first?.username);
  assert.deepEqual(credentials.dueForRenewal(), []);
  assert.deepEqual(credentials.forParticipant(alice), second);
  assert.ok(works(first) && works(second));
  credentials.participantLeft('c1', 'p1');
  assert.ok(!works(first) && !works(second));
});

test('what belongs to a call, a participant, a user or a resource ends with it', async (t) => {
  const { credentials, works } = await open(t);
  const ofAlice = credentials.forParticipant(alice);
  const ofBob = credentials.forParticipant(bob);
  const elsewhere = credentials.forParticipant({ ...alice, callId: 'c2' });
  const ofUser = credentials.forUser({ resourceId: 'r2', userId: '8:acs:r2_carol' }, hour);
  credentials.participantLeft('c1', 'p2');
  assert.deepEqual([ofAlice, ofBob, elsewhere, ofUser].map(works), [true, false, true, true]);
  credentials.callEnded('c1');
  assert.deepEqual([ofAlice, elsewhere].map(works), [false, true]);
  credentials.userDeleted(alice.userId);
  assert.deepEqual([elsewhere, ofUser].map(works), [false, true]);
  credentials.resourceDisabled('r2');
  assert.equal(credentials.size, 0);
});

test('the next run admits what has not expired, and nothing of calls that are over', async (t) => {
  const openStore = testStores(t);
  const first = await open(t, {}, openStore);
  const [ofAlice, ofBob, ofUser] = [first.credentials.forParticipant(alice), first.credentials.forParticipant({ ...bob, callId: 'c2' }), first.credentials.forUser(alice, hour / 2)];
  const revoked = first.credentials.forParticipant({ ...alice, callId: 'c3' });
  first.credentials.callEnded('c3');
  clock.now += hour;
  const second = await open(t, {}, openStore);
  assert.deepEqual([ofAlice, ofBob, ofUser, revoked].map(second.works), [true, true, false, false]);
  assert.deepEqual(second.credentials.forParticipant(alice), ofAlice);
  second.credentials.keepCalls((callId) => callId === 'c1');
  assert.deepEqual([ofAlice, ofBob].map(second.works), [true, false]);
});

test('a user who asks again gets the same, unless it would end too early or too late', async (t) => {
  const { credentials } = await open(t);
  const day = credentials.forUser(alice, 24 * hour);
  assert.deepEqual(credentials.forUser(alice, 24 * hour), day);
  assert.deepEqual(credentials.forUser(alice, 40 * hour), day);
  const short = credentials.forUser(alice, hour);
  assert.notDeepEqual(short, day);
  assert.deepEqual(credentials.forUser(alice, hour), short);
  clock.now += 2 * hour;
  await credentials.forgetExpired();
  assert.equal(credentials.size, 1);
});

test('nobody holds more than the limits say', async (t) => {
  const { credentials } = await open(t, { limits: { perUser: 3, withoutCall: 1 } });
  const held = Array.from({ length: 5 }, (_value, index) => credentials.forParticipant({ ...alice, callId: `c${index}` }));
  assert.deepEqual(held.map((credential) => credential !== undefined), [true, true, true, false, false]);
  const ofUser = (name: string) => credentials.forUser({ resourceId: 'r1', userId: `8:acs:r1_${name}` }, hour) !== undefined;
  assert.deepEqual([ofUser('carol'), ofUser('carol'), ofUser('dave')], [true, true, false]);
  assert.ok(credentials.forParticipant(bob) !== undefined, 'users without calls take nothing from calls');
  credentials.userDeleted('8:acs:r1_carol');
  assert.ok(ofUser('dave'));
  credentials.callEnded('c0');
  assert.ok(credentials.forParticipant({ ...alice, callId: 'c4' }) !== undefined);
});

test('a full disk takes no credential away', async (t) => {
  const { credentials, store, works } = await open(t);
  await limitPages(store, 0);
  const held = Array.from({ length: 200 }, (_value, index) => credentials.forParticipant({ ...alice, callId: `c${index}` }));
  await limitPages(store, 100_000);
  await store.write([store.database.deleteFrom('relay_credential').where('id', '=', '')]);
  assert.ok(held.every(works));
});
