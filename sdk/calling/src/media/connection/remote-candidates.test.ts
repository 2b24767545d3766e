import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IceCandidate } from '@dialplane/calling-api';
import { TestClock } from '../../test-clock.ts';
import { RemoteCandidates } from './remote-candidates.ts';

const host = 'candidate:1 1 udp 2122260223 192.0.2.7 50000 typ host generation 0';
const relay = 'candidate:2 1 udp 41885439 203.0.113.9 53250 typ relay raddr 0.0.0.0 rport 0';
const trickled = (candidate: string, usernameFragment: string | null): IceCandidate => ({ candidate, usernameFragment, mid: '0', mLineIndex: 0 });
const described = (fragment: string, ...lines: string[]) => ['v=0', `a=ice-ufrag:${fragment}`, ...lines].join('\r\n');

test('trickled candidates, their kinds, and their end', async () => {
  const clock = new TestClock();
  const remote = new RemoteCandidates(clock);
  remote.add([trickled(host, 'one')]);
  remote.described(described('one'));
  assert.deepEqual(remote.facts, { hasAny: true, hasRelay: false, endedAt: undefined });
  await clock.advance(70);
  remote.add([trickled(relay, 'one'), trickled('', null)]);
  assert.deepEqual(remote.facts, { hasAny: true, hasRelay: true, endedAt: 70 });
});

test('those in a description count as well', () => {
  const remote = new RemoteCandidates(new TestClock());
  remote.described(described('one', `a=${host}`, 'a=end-of-candidates'));
  assert.deepEqual(remote.facts, { hasAny: true, hasRelay: false, endedAt: 0 });
});

test('a restart begins anew, also where its candidates are ahead of its description; a description of the same generation does not', () => {
  const remote = new RemoteCandidates(new TestClock());
  remote.described(described('one'));
  remote.add([trickled(relay, 'one'), trickled('', null)]);
  remote.described(described('one'));
  assert.equal(remote.facts.hasRelay, true);
  remote.add([trickled(host, 'two')]);
  assert.deepEqual(remote.facts, { hasAny: true, hasRelay: false, endedAt: undefined });
  remote.described(described('two'));
  assert.equal(remote.facts.hasAny, true);
  remote.described(described('three'));
  assert.equal(remote.facts.hasAny, false);
});
