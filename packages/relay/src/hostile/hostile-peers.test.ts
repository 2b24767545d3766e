import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { seededRandomness } from '@dialplane/sansio';
import { connectTurn } from '../client/turn-connection.ts';
import { TestRelayPlane } from '../test-relay-plane.ts';
import { address, Bystander } from './test-bystander.ts';

/** Whatever becomes of it, its end is awaited. */
function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.on('error', () => {}).on('close', () => resolve()).resume());
}

test('peers that nobody permits are sent away from a TCP relay, however many', async (t) => {
  const relay = await TestRelayPlane.start();
  const bystander = await Bystander.start(relay);
  const { username, password } = relay.admit();
  const turn = await connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', username, password, onConnectionAttempt: () => assert.fail('a stranger is announced') });
  t.after(async () => (turn.close(), await bystander.release(), relay.close()));
  const { relayed: [own] } = await turn.allocate({ transport: 'tcp' });
  for (let round = 0; round < 5; round += 1) {
    const strangers = Array.from({ length: 60 }, () => connect(own?.port ?? 0, '127.0.0.1').on('error', () => {}));
    for (const stranger of strangers) stranger.write('let me in');
    await Promise.all([bystander.talk(5), ...strangers.map(ended)]);
  }
  assert.equal(relay.plane.statistics().faults, 0);
});

test('an allocation has so many connections; those that are announced and not taken up keep the others waiting, and all end with it', async (t) => {
  const relay = await TestRelayPlane.start();
  const bystander = await Bystander.start(relay);
  const { username, password } = relay.admit();
  let announced = 0;
  const turn = await connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', username, password, onConnectionAttempt: () => (announced += 1) });
  t.after(async () => (await bystander.release(), relay.close()));
  const { relayed: [own] } = await turn.allocate({ transport: 'tcp' });
  await turn.permit(address('127.0.0.1:1'));
  const callers = Array.from({ length: 40 }, () => connect(own?.port ?? 0, '127.0.0.1').on('error', () => {}));
  const ends = callers.map(ended);
  // Sixteen are kept for whoever binds them; the others are closed at once.
  let closed = 0;
  await new Promise<void>((resolve) => {
    for (const end of ends) void end.then(() => ((closed += 1) === 24 ? resolve() : undefined));
  });
  await bystander.talk();
  assert.deepEqual([closed, announced], [24, 16]);
  await turn.release();
  await Promise.all(ends);
});

test('streams that break off anywhere leave nothing behind', async (t) => {
  const relay = await TestRelayPlane.start();
  const bystander = await Bystander.start(relay);
  const echo = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  t.after(async () => (await bystander.release(), echo.close(), relay.close()));
  const { nextUint32 } = seededRandomness(11);
  const chance = (limit: number): number => nextUint32() % limit;
  const peer = address(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
  const live = async (number: number): Promise<void> => {
    const { username, password } = relay.admit({ userId: `user ${number}` });
    const turn = await connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', username, password });
    await turn.allocate({ transport: 'tcp' });
    const stream = await turn.connectPeer(peer);
    const over = ended(stream);
    stream.write(new Uint8Array(chance(200_000)));
    const way = chance(4);
    if (way === 0) stream.destroy();
    else if (way === 1) stream.resetAndDestroy();
    else if (way === 2) turn.close();
    else stream.end(new Uint8Array(chance(100_000)));
    await over;
    turn.close();
  };
  for (let round = 0; round < 4; round += 1) {
    await Promise.all([bystander.talk(10), ...Array.from({ length: 12 }, (_, number) => live(round * 12 + number))]);
    const rows = await relay.usageOf(({ kind, grant }) => kind === 'stopped' && grant.userId.startsWith('user'), (round + 1) * 12);
    assert.equal(rows.length, (round + 1) * 12);
  }
  const { faults, allocationsNow } = relay.plane.statistics();
  assert.deepEqual([faults, allocationsNow], [0, 1]);
});
