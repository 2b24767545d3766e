import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endReason } from '@dialplane/calling-api';
import { concludeCall, learnFrom, type CallFacts } from './call-facts.ts';

const nameOf = (identifier: string): string => ({ '8:acs:a': 'Alice', '8:acs:b': 'Bob' })[identifier] ?? identifier;
const conclude = (facts: Omit<CallFacts, 'startedAt'>, now = 0): string => concludeCall({ startedAt: 0, ...facts }, nameOf, now);
const udp = { protocol: 'udp' } as const;

test('conclusions of calls that run', () => {
  assert.equal(conclude({}, 3_200), 'Not answered yet, after 3.2 s.');
  assert.equal(conclude({ connectedAt: 2_100 }, 36_100), 'Connected after 2.1 s; running for 34 s.');
});

test('conclusions of calls that came about', () => {
  const hungUp = { at: 36_100, reason: endReason('hungUp', '8:acs:b') };
  const host = { candidateType: 'host', ...udp } as const;
  assert.equal(
    conclude({ connectedAt: 2_100, path: { local: host, remote: host }, end: hungUp }),
    'Connected after 2.1 s directly over UDP (host/host); ended by Bob after 34 s.',
  );
  assert.equal(
    conclude({ connectedAt: 2_100, path: { local: { candidateType: 'prflx', ...udp }, remote: { candidateType: 'srflx', ...udp } }, end: hungUp }),
    'Connected after 2.1 s through NAT over UDP (prflx/srflx); ended by Bob after 34 s.',
  );
  assert.equal(
    conclude({ connectedAt: 2_100, path: { local: { candidateType: 'relay', ...udp, relayProtocol: 'tls' }, remote: host }, end: { at: 7_502_100, reason: endReason('mediaLost', '8:acs:a') } }),
    'Connected after 2.1 s through the relay, reached over TLS (relay/host); ended after 2 h 5 min: the connection was lost and did not come back in time (410/301005, by Alice).',
  );
});

test('conclusions of calls that did not', () => {
  assert.equal(conclude({ end: { at: 4_200, reason: endReason('declined', '8:acs:b') } }), 'Not connected: the call was declined (603/0, by Bob) after 4.2 s.');
  assert.equal(conclude({ end: { at: 85_000, reason: endReason('ringTimeout', 'platform') } }), 'Not connected: nobody answered in time (487/10004) after 85 s.');
});

test('media of a call that the media processor serves takes its way', () => {
  const direction = { packets: 1, bytes: 100, lost: 0, jitterMs: 0 };
  const host = { candidateType: 'host', ...udp } as const;
  const served = learnFrom({ startedAt: 0, connectedAt: 100, path: { local: host, remote: host } }, { kind: 'mediaReport', mediaSessionId: 'f0b1f6f0-58a5-4b6e-8a0c-6f3d5a1c2b02', why: 'the first report', received: direction, sent: direction });
  assert.equal(concludeCall(served, nameOf, 36_100), 'Connected after 0.1 s through the media processor; running for 36 s.');
});

test('the newest chosen pair is the path', () => {
  const host = { candidateType: 'host', ...udp } as const;
  const relay = { candidateType: 'relay', ...udp } as const;
  const facts = [host, relay].reduce<CallFacts>((known, local) => learnFrom(known, { kind: 'candidatePair', outcome: 'selected', local, remote: host }), { startedAt: 0 });
  assert.deepEqual(facts.path, { local: relay, remote: host });
  assert.equal(learnFrom(facts, { kind: 'candidatePair', outcome: 'failed', local: host, remote: host }), facts);
});
