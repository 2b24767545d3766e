import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../../test-clock.ts';
import { ConnectionMonitor } from './connection-monitor.ts';
import type { CandidateFacts, PathFacts } from './path-verdict.ts';
import { TestPeerConnection } from './test-peer-connection.ts';

const none: CandidateFacts = { hasAny: false, hasRelay: false, expectsRelay: false, endedAt: undefined };

function monitored(isPolite = false) {
  const peer = new TestPeerConnection();
  const clock = new TestClock();
  const told: string[] = [];
  const world = { isOnline: true, candidates: { local: none, remote: none }, pairs: 'tried' as PathFacts['pairs'], stopPackets: () => {} };
  const say = (what: string) => told.push(`${clock.now()} ${what}`);
  const monitor = new ConnectionMonitor({
    peerConnection: peer.asPeerConnection,
    clock,
    isPolite: () => isPolite,
    isOnline: () => world.isOnline,
    pathFacts: () => ({ pairs: world.pairs, ...world.candidates }),
    onPathChanged: () => say(monitor.pathState),
    openSuccessor: (why) => {
      say(`successor: ${why}`);
      monitor.successorOffered();
    },
    openSuccessorNoMore: () => {},
    report: (state, cause) => say(cause === undefined ? `report ${state}` : `report ${state} ${cause}`),
  });
  /** Connected, with packets every 100 ms from now on. */
  const connect = () => {
    monitor.negotiated();
    peer.connection('connected', 'connected');
    startPackets();
  };
  const startPackets = () => {
    let cancel = () => {};
    const arrive = () => {
      peer.packetsReceived += 5;
      cancel = clock.after(100, arrive);
    };
    arrive();
    world.stopPackets = () => cancel();
  };
  return { peer, clock, told, world, monitor, connect, startPackets };
}

test('what flowed steadily and stops is noticed after a second, and another connection opened again and again until it flows', async () => {
  const { clock, told, world, monitor, connect, startPackets } = monitored();
  connect();
  await clock.advance(10_000);
  assert.deepEqual(told.splice(0), ['0 new', '0 good', '0 report connected']);
  world.stopPackets();
  await clock.advance(5500);
  startPackets();
  await clock.advance(60_000);
  const [doubtful, ...successors] = told;
  const noticed = Number.parseInt(doubtful ?? '', 10);
  assert.ok(noticed > 10_900 && noticed <= 11_500, doubtful);
  const silence = 'successor: what arrived steadily has stopped';
  assert.deepEqual(successors, [`${noticed} ${silence}`, `${noticed + 3000} ${silence}`, `${noticed + 6000} good`]);
  monitor.close();
});

test('the polite side leaves the other the first word', async () => {
  const { clock, told, world, monitor, connect, startPackets } = monitored(true);
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  await clock.advance(2500);
  startPackets();
  await clock.advance(10_000);
  assert.deepEqual(told.map((line) => line.replace(/^\d+ /, '')), ['doubtful', 'good']);
  monitor.close();
});

test('a successor of the other side is given its time', async () => {
  const { clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  await clock.advance(600);
  monitor.successorOffered();
  await clock.advance(3500);
  assert.deepEqual(told.map((line) => line.replace(/^\d+ (?!successor)/, '')), ['doubtful', '8600 successor: what arrived steadily has stopped']);
  monitor.close();
});

test('who is held hears nothing, and misses nothing', async () => {
  const { peer, clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  peer.direction = 'sendonly';
  world.stopPackets();
  await clock.advance(30_000);
  assert.deepEqual(told, []);
  monitor.close();
});

test('where the other side has stopped sending, checks that are answered end the doubt', async () => {
  const { peer, clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  await clock.advance(3000);
  peer.packetsReceived += 1;
  await clock.advance(60_000);
  assert.deepEqual(told.map((line) => line.replace(/^\d+ /, '')), ['doubtful', 'successor: what arrived steadily has stopped', 'good']);
  monitor.close();
});

test('media that comes and goes is not missed', async () => {
  const { peer, clock, told, monitor } = monitored();
  monitor.negotiated();
  peer.connection('connected', 'connected');
  told.length = 0;
  for (let second = 0; second < 20; second += 1) {
    peer.packetsReceived += 1;
    await clock.advance(3000);
  }
  assert.deepEqual(told, []);
  monitor.close();
});

test('a change of network opens another connection at once, however alive the path looks, and once where it works', async () => {
  const { clock, told, monitor, connect } = monitored(true);
  connect();
  await clock.advance(5000);
  told.length = 0;
  monitor.networkChanged();
  await clock.advance(50);
  monitor.networkChanged();
  await clock.advance(60_000);
  assert.deepEqual(told, ['5000 doubtful', '5200 successor: the network of this device changed', '8200 good']);
  monitor.close();
});

test('where a change of network ends in silence the next connection waits until the browser must know the new address', async () => {
  const { clock, told, world, monitor, connect, startPackets } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  monitor.networkChanged();
  await clock.advance(3500);
  startPackets();
  await clock.advance(10_000);
  const successor = 'successor: the network of this device changed';
  assert.deepEqual(told, ['5000 doubtful', `5150 ${successor}`, `8150 ${successor}`, '11150 good']);
  monitor.close();
});

test('a successor that is connected ends the doubt, and is watched from then on', async () => {
  const { clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  monitor.networkChanged();
  await clock.advance(1000);
  const successor = new TestPeerConnection();
  successor.connection('connected', 'connected');
  monitor.follow(successor.asPeerConnection);
  await clock.advance(1000);
  successor.connection('disconnected', 'disconnected');
  const [doubtful, opened, ...rest] = told;
  assert.deepEqual([doubtful, opened], ['5000 doubtful', '5150 successor: the network of this device changed']);
  assert.deepEqual(rest, ['6000 good', '7000 lost', '7000 report interrupted']);
  monitor.close();
});

test('without a network nothing is offered; when it is back, at once', async () => {
  const { peer, clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  world.isOnline = false;
  await clock.advance(5000);
  peer.connection('disconnected', 'disconnected');
  await clock.advance(20_000);
  world.isOnline = true;
  monitor.networkChanged();
  await clock.advance(200);
  peer.connection('connected', 'connected');
  assert.deepEqual(told.map((line) => line.replace(/^\d+ (?!successor)/, '')), [
    'doubtful', 'lost', 'report interrupted', '30150 successor: the network of this device changed', 'good', 'report connected',
  ]);
  monitor.close();
});

test('other servers while nothing gets through are tried at once, and not while media flows', async () => {
  const { peer, clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(1000);
  monitor.serversChanged();
  await clock.advance(10_000);
  world.stopPackets();
  peer.connection('disconnected', 'disconnected');
  await clock.advance(100);
  told.length = 0;
  monitor.serversChanged();
  await clock.advance(100);
  assert.deepEqual(told, ['11100 successor: the connection was lost']);
  monitor.close();
});

test('an interruption that never ends is reported at its limit', async () => {
  const { peer, clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(1000);
  world.stopPackets();
  peer.connection('disconnected', 'disconnected');
  told.length = 0;
  await clock.advance(130_000);
  assert.equal(told.at(-1), '121000 report failed networkDropped');
  assert.ok(told.filter((line) => line.includes('successor: the connection was lost')).length < 20);
  monitor.close();
});

test('set-up without relays and without a path: told seconds after the last candidate, not after half a minute', async () => {
  const { peer, clock, told, world, monitor } = monitored();
  monitor.negotiated();
  peer.connection('connecting', 'checking');
  await clock.advance(300);
  world.candidates = { local: { ...none, hasAny: true, endedAt: 200 }, remote: { ...none, hasAny: true, endedAt: 300 } };
  monitor.candidatesChanged();
  await clock.advance(60_000);
  assert.deepEqual(told, ['0 new', '5300 new', '5300 report failed noMediaPath']);
  monitor.close();
});

test('set-up with relays goes on: further connections, and the limit', async () => {
  const { peer, clock, told, world, monitor } = monitored();
  world.candidates = { local: { ...none, hasAny: true, expectsRelay: true }, remote: { ...none, hasAny: true, expectsRelay: true } };
  monitor.negotiated();
  await clock.advance(15_000);
  peer.connection('failed', 'failed');
  await clock.advance(30_000);
  const successor = 'successor: no candidate pair worked';
  assert.deepEqual(told, ['0 new', `15000 ${successor}`, `23000 ${successor}`, '30000 new', '30000 report failed noMediaPath']);
  monitor.close();
});

test('a pair that works is no reason to give up while DTLS is on its way', async () => {
  const { peer, clock, told, world, monitor } = monitored();
  world.candidates = { local: { ...none, hasAny: true, endedAt: 0 }, remote: { ...none, hasAny: true, endedAt: 0 } };
  monitor.negotiated();
  world.pairs = 'found';
  monitor.candidatesChanged();
  peer.connection('connecting', 'connected');
  await clock.advance(20_000);
  assert.deepEqual(told, ['0 new']);
  monitor.close();
});

test('a session that is left without a relay ends seconds after its successor has found no path', async () => {
  const { clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  told.length = 0;
  world.stopPackets();
  await clock.advance(1500);
  const agreedAt = clock.now();
  world.candidates = { local: { ...none, hasAny: true, endedAt: agreedAt }, remote: { ...none, hasAny: true, endedAt: agreedAt } };
  monitor.successorAgreed();
  await clock.advance(60_000);
  assert.deepEqual(told.map((line) => line.replace(/^\d+ (?!report)/, '')), ['doubtful', 'successor: what arrived steadily has stopped', 'new', `${agreedAt + 5000} report failed noMediaPath`]);
  monitor.close();
});

test('a session whose relays may come back is given its whole time', async () => {
  const { clock, told, world, monitor, connect } = monitored();
  connect();
  await clock.advance(5000);
  world.stopPackets();
  await clock.advance(1500);
  world.candidates = { local: { ...none, hasAny: true, expectsRelay: true, endedAt: 6500 }, remote: { ...none, hasAny: true, expectsRelay: true, endedAt: 6500 } };
  monitor.successorAgreed();
  await clock.advance(60_000);
  assert.ok(!told.some((line) => line.includes('failed')));
  monitor.close();
});
