import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seededRandomness } from '@dialplane/sansio';
import { nodeCrypto } from '@dialplane/kernels';
import { TurnClient, type TurnClientOutput } from '../index.ts';
import { TestTurnClient } from '../test-turn-client.ts';
import { address, datagramPath, streamPath, TestTurnServer } from '../test-turn-server.ts';

const peer = address('198.51.100.1:7000');
const other = address('198.51.100.2:7000');
const payload = Uint8Array.of(1, 2, 3);

function allocated(path: ReturnType<typeof datagramPath> | ReturnType<typeof streamPath> = datagramPath()): { readonly bench: TestTurnServer; readonly line: TestTurnClient; readonly relay: number } {
  const bench = new TestTurnServer();
  const line = new TestTurnClient(bench, path);
  line.do({ kind: 'allocate', wish: {} });
  assert.deepEqual(line.taken(), [
    {
      kind: 'allocated',
      relayed: [address('203.0.113.1:50000')],
      mapped: path.remote,
      lifetimeSeconds: 600,
      reservationToken: undefined,
      addressError: undefined,
    },
  ]);
  const opened = line.takenFromServer()[0];
  assert.ok(opened?.kind === 'openRelay');
  return { bench, line, relay: opened.relay };
}

for (const path of [datagramPath(), streamPath()]) {
  test(`client and server over a ${path.kind}: allocate, permit, send, bind, exchange, release`, () => {
    const { bench, line, relay } = allocated(path);
    line.do({ kind: 'permit', peers: [peer] });
    assert.deepEqual(line.taken(), [{ kind: 'permitted', peers: [peer] }]);
    line.do({ kind: 'send', peer, bytes: payload });
    assert.deepEqual(line.takenFromServer(), [{ kind: 'sendToPeer', relay, peer, bytes: payload, dontFragment: false }]);
    bench.give({ kind: 'relayDatagram', relay, peer, bytes: payload });
    line.exchange();
    assert.deepEqual(line.taken(), [{ kind: 'data', peer, bytes: payload }]);
    line.do({ kind: 'bindChannel', peer: other });
    assert.deepEqual(line.taken(), [{ kind: 'channelBound', peer: other, channel: 0x4000 }]);
    line.do({ kind: 'send', peer: other, bytes: payload });
    assert.deepEqual(line.takenFromServer(), [{ kind: 'sendToPeer', relay, peer: other, bytes: payload, dontFragment: false }]);
    bench.give({ kind: 'relayDatagram', relay, peer: other, bytes: payload });
    bench.give({ kind: 'relayIcmp', relay, peer: other, icmp: { type: 3, code: 3, data: 0 } });
    line.exchange();
    assert.deepEqual(line.taken(), [{ kind: 'data', peer: other, bytes: payload }, { kind: 'unreachable', peer: other, icmp: { type: 3, code: 3, data: 0 } }]);
    line.do({ kind: 'release' });
    assert.deepEqual(line.taken(), [{ kind: 'ended', reason: 'released' }]);
    assert.deepEqual(line.takenFromServer().map(({ kind }) => kind), ['usage', 'closeRelay']);
    assert.equal(line.client.pollTimeout(), undefined);
  });
}

test('permissions for many peers go out in requests that hold them', () => {
  const bench = new TestTurnServer({ limits: { permissionsPerRelay: 200 } });
  const line = new TestTurnClient(bench, datagramPath());
  line.do({ kind: 'allocate', wish: { family: 6 } });
  line.taken();
  const peers = Array.from({ length: 150 }, (_, index) => address(`[2001:db8::${(index + 1).toString(16)}]:1`));
  line.do({ kind: 'permit', peers });
  assert.deepEqual(line.taken().map((output) => output.kind === 'permitted' && output.peers.length), [64, 64, 22]);
});

test('a day: allocation, permission and channel are kept up, and nonces replaced', () => {
  const { bench, line, relay } = allocated();
  line.do({ kind: 'permit', peers: [peer] });
  line.do({ kind: 'bindChannel', peer: other });
  line.taken();
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    line.pass(60_000);
    line.taken();
    for (const who of [peer, other]) bench.give({ kind: 'relayDatagram', relay, peer: who, bytes: payload });
    line.exchange();
    assert.deepEqual(line.taken(), [{ kind: 'data', peer, bytes: payload }, { kind: 'data', peer: other, bytes: payload }], `minute ${minute}`);
  }
  assert.equal(bench.server.allocationCount, 1);
});

test('what is refused is told, and the allocation lives on; without it the client ends', () => {
  const { bench, line } = allocated();
  line.do({ kind: 'permit', peers: [address('127.0.0.1:1')] });
  line.do({ kind: 'bindChannel', peer: address('[2001:db8::1]:1') });
  line.do({ kind: 'connectPeer', peer });
  assert.deepEqual(
    line.taken().map((output) => output.kind === 'refused' && [output.request, output.code]),
    [['permit', 403], ['bindChannel', 443], ['connectPeer', 400]],
  );
  bench.server.shutdown(bench.now);
  line.do({ kind: 'permit', peers: [peer] });
  assert.deepEqual(line.taken(), [{ kind: 'ended', reason: 'allocationLost', code: 437 }]);
});

test('wrong password, refusal, redirection, a server that is silent, a path that breaks', () => {
  const ends = (line: TestTurnClient): TurnClientOutput[] => (line.do({ kind: 'allocate', wish: {} }), line.taken());
  assert.deepEqual(ends(new TestTurnClient(new TestTurnServer(), datagramPath(), 'alice', 'wrong')), [{ kind: 'ended', reason: 'STUN_CREDENTIALS_REFUSED' }]);
  const full = new TestTurnServer({ limits: { allocations: 0 } });
  assert.deepEqual(ends(new TestTurnClient(full, datagramPath())), [{ kind: 'ended', reason: 'refused', code: 508 }]);
  const moved = new TestTurnServer({ admission: { admit: () => ({ kind: 'redirected', alternate: other }) } });
  assert.deepEqual(ends(new TestTurnClient(moved, datagramPath())), [{ kind: 'ended', reason: 'refused', code: 300, alternate: other }]);

  const lonely = new TurnClient({ username: 'alice', password: 'x', crypto: nodeCrypto, randomness: seededRandomness(1), isStream: false });
  lonely.handle({ kind: 'allocate', wish: {} }, instant(0));
  let sent = 0;
  let last: TurnClientOutput | undefined;
  for (let at = lonely.pollTimeout(); at !== undefined; at = lonely.pollTimeout()) {
    lonely.handleTimeout(at);
    for (let output = lonely.poll(); output !== undefined; output = lonely.poll()) {
      if (output.kind === 'send') sent += 1;
      last = output;
    }
  }
  assert.deepEqual([sent, last], [7, { kind: 'ended', reason: 'timedOut' }]);

  const { line } = allocated();
  line.do({ kind: 'pathFailed' });
  assert.deepEqual(line.taken(), [{ kind: 'ended', reason: 'pathFailed' }]);
});

test('who leaves before the answer has come releases what is granted', () => {
  const bench = new TestTurnServer();
  bench.relays = 'manual';
  const line = new TestTurnClient(bench, datagramPath());
  line.do({ kind: 'allocate', wish: {} });
  const opened = line.takenFromServer()[0];
  assert.ok(opened?.kind === 'openRelay');
  line.do({ kind: 'release' });
  bench.give({ kind: 'relayOpened', relay: opened.relay, address: address('203.0.113.1:50000') });
  line.exchange();
  assert.deepEqual(line.taken(), [{ kind: 'ended', reason: 'released' }]);
  assert.equal(bench.server.allocationCount, 0);
  const idle = new TestTurnClient(bench, datagramPath());
  idle.do({ kind: 'release' });
  assert.deepEqual(idle.taken(), [{ kind: 'ended', reason: 'released' }]);
});

test('dual allocation, an even port and its neighbour', () => {
  const bench = new TestTurnServer();
  const dual = new TestTurnClient(bench, datagramPath());
  dual.do({ kind: 'allocate', wish: { family: 'dual' } });
  const both = dual.taken()[0];
  assert.ok(both?.kind === 'allocated');
  assert.deepEqual(both.relayed.map(({ family }) => family), [4, 6]);

  const even = new TestTurnClient(bench, datagramPath('192.0.2.1:4001'));
  even.do({ kind: 'allocate', wish: { port: 'evenAndNext', lifetimeSeconds: 1200 } });
  const first = even.taken()[0];
  assert.ok(first?.kind === 'allocated' && first.reservationToken !== undefined);
  const odd = new TestTurnClient(bench, datagramPath('192.0.2.1:4002'));
  odd.do({ kind: 'allocate', wish: { reservationToken: first.reservationToken } });
  const second = odd.taken()[0];
  assert.ok(second?.kind === 'allocated');
  assert.deepEqual([first.lifetimeSeconds, second.relayed[0]?.port], [1200, (first.relayed[0]?.port ?? 0) + 1]);
});

test('TCP relays: the client connects to a peer, a peer connects to the client, both are bound and metered', () => {
  const bench = new TestTurnServer();
  const control = new TestTurnClient(bench, streamPath(1));
  control.do({ kind: 'allocate', wish: { transport: 'tcp' } });
  control.taken();
  const opened = control.takenFromServer()[0];
  assert.ok(opened?.kind === 'openRelay' && opened.transport === 'tcp');

  control.do({ kind: 'connectPeer', peer });
  const asked = control.takenFromServer()[0];
  assert.ok(asked?.kind === 'connectPeer');
  bench.give({ kind: 'peerConnected', peerConnection: asked.peerConnection });
  control.exchange();
  assert.deepEqual(control.taken(), [{ kind: 'peerConnected', connectionId: asked.peerConnection, peer }]);
  bindOn(2, asked.peerConnection);

  bench.give({ kind: 'peerAccepted', relay: opened.relay, handle: 77, peer: other });
  control.exchange();
  assert.deepEqual(control.takenFromServer(), [{ kind: 'refusePeer', handle: 77 }], 'no permission');
  control.do({ kind: 'permit', peers: [other] });
  control.taken();
  bench.give({ kind: 'peerAccepted', relay: opened.relay, handle: 78, peer: other });
  control.exchange();
  const adopted = control.takenFromServer()[0];
  assert.ok(adopted?.kind === 'adoptPeer' && adopted.handle === 78);
  assert.deepEqual(control.taken(), [{ kind: 'connectionAttempt', connectionId: adopted.peerConnection, peer: other }]);
  bindOn(3, adopted.peerConnection);

  bench.give({ kind: 'streamsRelayed', peerConnection: asked.peerConnection, toPeerBytes: 1000, toClientBytes: 10 });
  bench.give({ kind: 'clientClosed', connection: 2 });
  bench.give({ kind: 'peerClosed', peerConnection: adopted.peerConnection });
  assert.deepEqual(bench.taken(), [{ kind: 'closePeer', peerConnection: asked.peerConnection }, { kind: 'closeClient', connection: 3 }]);

  bench.give({ kind: 'peerAccepted', relay: opened.relay, handle: 79, peer: other });
  const late = bench.takenOf('adoptPeer')[0];
  assert.ok(late);
  control.pass(30_000);
  assert.deepEqual(control.takenFromServer(), [{ kind: 'closePeer', peerConnection: late.peerConnection }], 'nobody bound it');
  bench.give({ kind: 'clientClosed', connection: 1 });
  const stopped = bench.takenOf('usage')[0]?.record;
  assert.deepEqual([stopped?.totals.toPeerBytes, stopped?.totals.toClientBytes], [1000, 10]);

  function bindOn(connection: number, connectionId: number): void {
    const path = streamPath(connection);
    const binding = control.client.bindConnection(connectionId);
    binding.handle({ kind: 'connected' }, bench.now);
    for (let output = binding.poll(); output?.kind !== 'bound'; output = binding.poll()) {
      assert.ok(output?.kind === 'send', JSON.stringify(output));
      bench.send(path, output.bytes);
      binding.handle({ kind: 'received', bytes: bench.takeResponse(path).bytes }, bench.now);
    }
    assert.deepEqual(bench.taken(), [{ kind: 'bindStreams', connection, peerConnection: connectionId }]);
  }
});
