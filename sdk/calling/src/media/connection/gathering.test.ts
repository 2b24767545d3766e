import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../../test-clock.ts';
import { Gathering } from './gathering.ts';
import { TestPeerConnection } from './test-peer-connection.ts';

const overUdp = 'turn:relay.example:3478?transport=udp';
const overTcp = 'turn:relay.example:3478?transport=tcp';
const timeout = { errorCode: 701, errorText: 'TURN allocate request timed out.' };

function gathering() {
  const peer = new TestPeerConnection();
  peer.configuration = { iceServers: [{ urls: [overUdp, overTcp] }] };
  const clock = new TestClock();
  return { peer, clock, gathered: new Gathering(peer.asPeerConnection, clock) };
}

test('a server that failed from one address and gave a candidate from another was reached', () => {
  const { peer, gathered } = gathering();
  peer.candidateError({ url: overUdp, ...timeout });
  peer.candidateError({ url: overTcp, ...timeout });
  assert.deepEqual(gathered.unreached.map(({ url }) => url), [overUdp, overTcp]);
  peer.candidate({ type: 'relay', url: overTcp });
  assert.deepEqual(gathered.unreached, [{ url: overUdp, ...timeout }]);
  assert.equal(gathered.hasRelay, true);
});

test('where the browser does not name the server of a candidate, its kind and transport tell', () => {
  const { peer, gathered } = gathering();
  for (const url of [overUdp, overTcp, 'stun:relay.example']) peer.candidateError({ url, ...timeout });
  peer.candidate({ type: 'relay', relayProtocol: 'tcp' });
  assert.deepEqual(gathered.unreached.map(({ url }) => url), [overUdp, 'stun:relay.example']);
  peer.candidate({ type: 'srflx' });
  assert.deepEqual(gathered.unreached.map(({ url }) => url), [overUdp]);
});

test('the end has its time, and a restart begins anew', async () => {
  const { peer, clock, gathered } = gathering();
  peer.gathers('gathering');
  peer.candidate({ type: 'host' });
  await clock.advance(40);
  peer.gathers('complete');
  assert.deepEqual([gathered.hasCandidates, gathered.hasRelay, gathered.expectsRelay, gathered.endedAt], [true, false, true, 40]);
  peer.gathers('gathering');
  assert.deepEqual([gathered.hasCandidates, gathered.endedAt], [false, undefined]);
});

test('that a relay gave nothing is known when it was heard to fail, and where nobody tells of failures, when gathering has ended', () => {
  const silent = gathering();
  silent.peer.gathers('complete');
  assert.equal(silent.gathered.isWithoutRelay, true);

  const { peer, gathered } = gathering();
  Object.assign(peer, { onicecandidateerror: null });
  peer.candidate({ type: 'host' });
  peer.gathers('complete');
  assert.equal(gathered.isWithoutRelay, false, 'a pair works, and the browser has stopped to gather');
  peer.candidateError({ url: overUdp, ...timeout });
  assert.equal(gathered.isWithoutRelay, false, 'over TCP it may be there');
  peer.candidateError({ url: overTcp, ...timeout });
  assert.equal(gathered.isWithoutRelay, true);
  peer.candidate({ type: 'relay', url: overTcp });
  assert.equal(gathered.isWithoutRelay, false);
});
