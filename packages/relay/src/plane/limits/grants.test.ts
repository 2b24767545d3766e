import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { longTermKey } from '@dialplane/stun';
import { turnPassword } from '../../credentials/turn-password.ts';
import { nodeCrypto } from '@dialplane/kernels';
import type { RelayGrant } from '../../relay-grant.ts';
import { defaultRelayLimits } from '../../relay-plane-options.ts';
import { Grants } from './grants.ts';
import { Quotas } from './quotas.ts';

const realm = 'example.org';
const secret = 'a secret';
const grant: RelayGrant = { credentialId: 'c1', resourceId: 'r1', userId: 'alice', expiresAt: 2_000_500 };

class Bench {
  now = 1_000_000;
  readonly held = new Set<string>();
  readonly unheard: Array<() => void> = [];
  readonly grants = new Grants({
    secret,
    realm,
    catchUp: () => this.unheard.splice(0).forEach((take) => take()),
    holds: (username) => this.held.has(username),
    wallClock: () => this.now,
  });
}

test('a key is that of the password, by both algorithms, and of nobody else', () => {
  const { grants } = new Bench();
  grants.admit(grant);
  for (const algorithm of ['md5', 'sha256', 'md5'] as const) {
    for (const username of ['2000:c1', '1500:c1']) {
      assert.deepEqual(grants.key(username, algorithm), longTermKey(nodeCrypto, algorithm, { username, realm, password: turnPassword(secret, username) }));
    }
  }
  for (const username of ['2001:c1', '900:c1', '2000:c2', 'c1', ':c1', '2000:', '-5:c1', '2000 :c1', '9999999999999999:c1']) assert.equal(grants.key(username, 'md5'), undefined, username);
});

test('a grant works from the moment it is admitted, also when word of it is still on its way', () => {
  const bench = new Bench();
  bench.unheard.push(() => bench.grants.admit(grant));
  assert.notEqual(bench.grants.key('2000:c1', 'md5'), undefined);
  bench.unheard.push(() => bench.grants.admit({ ...grant, expiresAt: 3_000_000 }));
  assert.notEqual(bench.grants.key('3000:c1', 'md5'), undefined);
});

test('after its expiry a username opens nothing, and keeps up what it holds', () => {
  const bench = new Bench();
  bench.grants.admit(grant);
  assert.deepEqual(bench.grants.open('2000:c1'), grant);
  bench.now = 2_000_000;
  assert.equal(bench.grants.open('2000:c1'), undefined);
  assert.equal(bench.grants.key('2000:c1', 'md5'), undefined);
  bench.held.add('2000:c1');
  assert.notEqual(bench.grants.key('2000:c1', 'md5'), undefined);
  bench.now = 2_000_500;
  bench.grants.sweep();
  assert.deepEqual(bench.grants.grantOf('2000:c1'), grant);
  bench.held.clear();
  bench.grants.sweep();
  assert.equal(bench.grants.grantOf('2000:c1'), undefined);
});

test('revoking tells under which usernames something may be held', () => {
  const { grants } = new Bench();
  grants.admit(grant);
  grants.open('2000:c1');
  grants.open('1999:c1');
  assert.deepEqual([...grants.revoke('c1')], ['2000:c1', '1999:c1']);
  assert.equal(grants.key('2000:c1', 'md5'), undefined);
  assert.deepEqual([...grants.revoke('c1')], []);
});

const request = { path: { kind: 'stream', connection: 1, remote: { family: 4, w0: 1, w1: 0, w2: 0, w3: 0, port: 1 } }, transport: 'udp', held: 0 } as const;

function quotasOf(limits: Partial<typeof defaultRelayLimits>) {
  const quotas = new Quotas({ ...defaultRelayLimits, ...limits }, (username) => {
    const [resourceId, userId, credentialId] = username.split(' ');
    return credentialId === undefined ? undefined : { credentialId, resourceId: resourceId ?? '', userId: userId ?? '', expiresAt: 1 };
  });
  return { quotas, admit: (username: string, held = 0) => quotas.admit({ ...request, username, held }, instant(0)) };
}

test('a user has so many allocations, whatever the credentials; a resource so many, whatever the users', () => {
  const { quotas, admit } = quotasOf({ allocationsPerUser: 2, allocationsPerResource: 3 });
  const code = (username: string, held = 0): number => {
    const admission = admit(username, held);
    return admission.kind === 'refused' ? admission.code : 0;
  };
  const first = admit('r1 alice c1');
  assert.deepEqual([code('r1 alice c2'), code('r1 alice c3'), code('r1 bob c4'), code('r1 carol c5'), code('r2 alice c6')], [0, 486, 0, 486, 0]);
  assert.ok(first.kind === 'admitted');
  first.release?.();
  assert.deepEqual([code('r1 carol c7', 2), code('r1 alice c8'), code('r1 alice c9'), code('nobody')], [486, 0, 486, 403]);
  quotas.drain();
  assert.equal(code('r2 alice c1'), 508);
});

test('the credentials of a user share one rate, users of a resource its rate; an unlimited one is no budget', () => {
  const { admit } = quotasOf({ bytesPerSecondPerUser: 1_000, bytesPerSecondPerResource: 1_500 });
  const budgets = (username: string) => {
    const admission = admit(username);
    assert.ok(admission.kind === 'admitted');
    return admission.budgets ?? [];
  };
  const [alice, alsoAlice, bob, other] = [budgets('r1 alice c1'), budgets('r1 alice c2'), budgets('r1 bob c3'), budgets('r2 alice c4')];
  assert.deepEqual([alice[0] === alsoAlice[0], alice[0] === bob[0], alice[1] === bob[1], alice[1] === other[1]], [true, false, true, false]);
  assert.equal(quotasOf({ bytesPerSecondPerUser: 1 }).admit('r1 alice c1').kind, 'admitted');
  const unlimited = quotasOf({}).admit('r1 alice c1');
  assert.ok(unlimited.kind === 'admitted' && unlimited.budgets?.length === 1);
});
