import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@dialplane/sansio';
import { formatIpAddress, type MessageBuilder, writeXorAddress } from '@dialplane/stun';
import { encodeChannelData, RateBudget, turnAttribute, turnMethod, writeChannelNumber, writeLifetime, writeRequestedTransport } from '../index.ts';
import { address, codeOf, datagramPath, streamPath, TestTurnServer } from '../test-turn-server.ts';

const path = datagramPath();
const udp = (builder: MessageBuilder): void => writeRequestedTransport(builder, 'udp');
const gone = (builder: MessageBuilder): void => writeLifetime(builder, 0);

test('an admission is released once: by the end of the allocation, or when it could not be opened', () => {
  const released: string[] = [];
  const bench = new TestTurnServer({ admission: { admit: ({ username }) => ({ kind: 'admitted', release: () => released.push(username) }) } });
  assert.equal(bench.code(path, turnMethod.allocate, udp), 0);
  assert.deepEqual(released, []);
  bench.ask(path, turnMethod.refresh, gone);
  assert.deepEqual(released, ['alice']);

  bench.taken();
  bench.relays = 'manual';
  const other = datagramPath('192.0.2.2:4000');
  bench.send(other, bench.encode(turnMethod.allocate, udp, bench.clientOf(other, 'bob')));
  bench.clientOf(other, 'bob').handleResponse(bench.takeResponse(other), 0);
  bench.send(other, bench.encode(turnMethod.allocate, udp, bench.clientOf(other, 'bob')));
  const [opening] = bench.takenOf('openRelay');
  assert.ok(opening);
  assert.deepEqual(opening.path, other);
  bench.give({ kind: 'relayFailed', relay: opening.relay, reason: 'insufficientCapacity' });
  assert.deepEqual(released, ['alice', 'bob']);

});

test('an admission that finds no slot is released at once', () => {
  let released = 0;
  const bench = new TestTurnServer({ limits: { allocations: 1 }, admission: { admit: () => ({ kind: 'admitted', release: () => (released += 1) }) } });
  bench.ask(path, turnMethod.allocate, udp);
  assert.equal(bench.code(datagramPath('192.0.2.2:4000'), turnMethod.allocate, udp), 508);
  assert.equal(released, 1);
});

test('usernames share a budget that admission gives them', () => {
  const shared = new RateBudget(1000, instant(0));
  const bench = new TestTurnServer({ admission: { admit: () => ({ kind: 'admitted', budgets: [shared] }) } });
  const other = datagramPath('192.0.2.2:4000');
  for (const [from, username] of [[path, 'alice'], [other, 'bob']] as const) {
    bench.ask(from, turnMethod.allocate, udp, username);
    bench.ask(from, turnMethod.channelBind, (builder) => {
      writeChannelNumber(builder, 0x4000);
      writeXorAddress(builder, turnAttribute.xorPeerAddress, address('198.51.100.1:7000'));
    }, username);
  }
  bench.taken();
  for (const from of [path, other, path]) bench.send(from, encodeChannelData(0x4000, new Uint8Array(450), false));
  assert.deepEqual(bench.taken().map(({ kind }) => kind), ['sendToPeer', 'sendToPeer']);
});

test('a packet that one budget refuses takes nothing from another', () => {
  const [ample, scarce] = [new RateBudget(1000, instant(0)), new RateBudget(500, instant(0))];
  const bench = new TestTurnServer({ admission: { admit: () => ({ kind: 'admitted', budgets: [ample, scarce] }) } });
  bench.ask(path, turnMethod.allocate, udp);
  bench.ask(path, turnMethod.channelBind, (builder) => {
    writeChannelNumber(builder, 0x4000);
    writeXorAddress(builder, turnAttribute.xorPeerAddress, address('198.51.100.1:7000'));
  });
  bench.taken();
  bench.send(path, encodeChannelData(0x4000, new Uint8Array(600), false));
  assert.deepEqual(bench.taken(), []);
  assert.equal(ample.has(1000, instant(0)), true);
});

test('revoking a username ends what it holds and nothing else', () => {
  const bench = new TestTurnServer();
  const other = datagramPath('192.0.2.2:4000');
  bench.ask(path, turnMethod.allocate, udp);
  bench.ask(other, turnMethod.allocate, udp, 'bob');
  bench.taken();
  bench.give({ kind: 'usernameRevoked', username: 'alice' });
  const outputs = bench.taken();
  assert.deepEqual(outputs.map(({ kind }) => kind), ['usage', 'closeRelay']);
  assert.deepEqual(outputs.flatMap((output) => (output.kind === 'usage' ? [output.record.username, output.record.event] : [])), ['alice', { kind: 'stopped', reason: 'revoked' }]);
  assert.equal(bench.server.holds('alice'), false);
  assert.equal(bench.server.holds('bob'), true);
  assert.equal(bench.code(other, turnMethod.refresh, undefined, 'bob'), 0);
});

test('a client for which the driver failed loses its allocation; a client without one nothing', () => {
  const bench = new TestTurnServer();
  const stream = streamPath(7);
  bench.ask(stream, turnMethod.allocate, udp);
  bench.taken();
  bench.give({ kind: 'clientFailed', path });
  assert.deepEqual(bench.taken(), []);
  bench.give({ kind: 'clientFailed', path: stream });
  assert.deepEqual(bench.takenOf('usage').map(({ record }) => record.event), [{ kind: 'stopped', reason: 'relayFailed' }]);
});

test('strangers whom policy does not permit get no answer, those with credentials do', () => {
  const asked: string[] = [];
  const bench = new TestTurnServer({
    strangers: {
      permits: (stranger) => {
        asked.push(formatIpAddress(stranger));
        return asked.length <= 2;
      },
    },
  });
  assert.equal(bench.code(path, turnMethod.allocate, udp), 0);
  assert.equal(bench.code(path, turnMethod.refresh, undefined), 0);
  assert.deepEqual(asked, ['192.0.2.1']);
  bench.send(path, bench.encode(turnMethod.refresh, gone, bench.clientOf(datagramPath('192.0.2.9:1'))));
  bench.taken();
  bench.send(path, bench.encode(turnMethod.refresh, gone, bench.clientOf(datagramPath('192.0.2.9:2'))));
  assert.deepEqual(bench.taken(), []);
  assert.deepEqual(bench.server.statistics, { malformed: 0, challenged: 2, unanswered: 1 });
});

test('a slot whose last record is not kept elsewhere yet is not used again', () => {
  const bench = new TestTurnServer({ slotsFreed: 'whenTaken', limits: { allocations: 1 } });
  bench.ask(path, turnMethod.allocate, udp);
  bench.ask(path, turnMethod.refresh, gone);
  const [stopped] = bench.takenOf('usage').slice(-1);
  assert.ok(stopped);
  assert.equal(bench.code(path, turnMethod.allocate, udp), 508);
  bench.give({ kind: 'usageTaken', slot: stopped.record.slot });
  assert.equal(bench.code(path, turnMethod.allocate, udp), 0);
});

test('what could not be opened gives its slot back at once', () => {
  const bench = new TestTurnServer({ slotsFreed: 'whenTaken', limits: { allocations: 1 } });
  bench.ask(path, turnMethod.refresh);
  bench.relays = 'manual';
  for (let round = 0; round < 2; round += 1) {
    bench.send(path, bench.encode(turnMethod.allocate, udp, bench.clientOf(path)));
    const [opening] = bench.takenOf('openRelay');
    assert.ok(opening);
    bench.give({ kind: 'relayFailed', relay: opening.relay, reason: 'serverError' });
    assert.equal(codeOf(bench.takeResponse(path)), 500);
  }
});
