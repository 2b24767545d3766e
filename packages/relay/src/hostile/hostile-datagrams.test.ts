import assert from 'node:assert/strict';
import type { Socket } from 'node:dgram';
import { test } from 'node:test';
import { absenceOf, loadKernel } from '@dialplane/kernels';
import { MessageBuilder, parseStunMessage, readErrorCode, stunMethod } from '@dialplane/stun';
import { skipWithout } from '@dialplane/testing';
import { encodeChannelData, turnMethod } from '@dialplane/turn';
import { askBinding } from '../client/ask-binding.ts';
import { connectTurn } from '../client/turn-connection.ts';
import { TestRelayPlane } from '../test-relay-plane.ts';
import { address, Bystander, udpSocket } from './test-bystander.ts';
import { garbage } from './test-garbage.ts';

const withoutKernel = skipWithout(absenceOf(loadKernel('udp')));
const headers = 28;
const challengesPerSecond = 20;

/**
 * Waits until the relay has answered all that this socket sent before. Twice a Binding request after it: the first may be answered before others of its batch, but not the
 * second, which is of another.
 */
async function served(socket: Socket, port: number): Promise<void> {
  for (let round = 0; round < 2; round += 1) assert.ok(await askBinding({ host: '127.0.0.1', port, transport: 'udp' }, { socket, timeoutMs: 60_000 }));
}

for (const udpImplementation of ['native', 'dgram'] as const) {
  test(`${udpImplementation}: garbage is no fault, costs nothing, and brings at most three times its size`, { skip: udpImplementation === 'native' ? withoutKernel : false }, async (t) => {
    const relay = await TestRelayPlane.start(udpImplementation === 'dgram' ? { udpImplementation } : {});
    assert.equal(relay.plane.udpImplementation, udpImplementation);
    const [bystander, socket] = [await Bystander.start(relay, 'udp'), await udpSocket()];
    t.after(() => (socket.close(), bystander.close(), relay.close()));
    let [sent, received] = [0, 0];
    socket.on('message', (bytes) => (received += bytes.length + headers));
    for (let round = 0; round < 20; round += 1) {
      for (const bytes of garbage(round, 150)) {
        sent += bytes.length + headers;
        socket.send(bytes, relay.port, '127.0.0.1');
      }
      await served(socket, relay.port);
      sent += 2 * (28 + headers);
    }
    assert.ok(received > 0 && received <= 3 * sent, `${received} bytes for ${sent}`);
    await bystander.talk();
    const { faults, allocationsNow } = relay.plane.statistics();
    assert.deepEqual([faults, allocationsNow], [0, 1]);
    await relay.close();
    assert.ok(relay.plane.statistics().malformed > 500, `${relay.plane.statistics().malformed} malformed`);
  });
}

test('a flood of strangers is answered so often per address and second, and keeps nobody from talking', async (t) => {
  const relay = await TestRelayPlane.start({ listenAddresses: ['127.0.0.1'], limits: { challengesPerSecond } });
  const bystander = await Bystander.start(relay);
  const strangers = await Promise.all(Array.from({ length: 40 }, (_, number) => udpSocket(`127.1.0.${number + 1}`)));
  t.after(async () => (strangers.forEach((socket) => socket.close()), await bystander.release(), relay.close()));
  const allocate = new MessageBuilder(new Uint8Array(64)).begin('request', turnMethod.allocate, new Uint8Array(12)).finish().slice();
  const answers = strangers.map((socket) => {
    const counted = { count: 0 };
    socket.on('message', (bytes) => (counted.count += bytes[1] === 0x13 ? 1 : 0));
    return counted;
  });
  const startedAt = performance.now();
  for (let round = 0; round < 10; round += 1) {
    for (const socket of strangers) for (let number = 0; number < 50; number += 1) socket.send(allocate, relay.port, '127.0.0.1');
    await Promise.all([bystander.talk(5), ...strangers.map((socket) => served(socket, relay.port))]);
  }
  const seconds = Math.ceil((performance.now() - startedAt) / 1000) + 1;
  for (const { count } of answers) assert.ok(count > 0 && count <= challengesPerSecond * seconds, `${count} answers in ${seconds} s`);
  const { faults, allocationsNow } = relay.plane.statistics();
  assert.deepEqual([faults, allocationsNow], [0, 1]);
});

test('what was overheard does nothing from elsewhere', async (t) => {
  const relay = await TestRelayPlane.start();
  const [bystander, thief] = [await Bystander.start(relay, 'udp'), await udpSocket()];
  t.after(async () => (thief.close(), await bystander.release(), relay.close()));
  const codes: Array<number | undefined> = [];
  thief.on('message', (bytes) => {
    const parsed = parseStunMessage(bytes);
    if (parsed.ok && parsed.value.method !== stunMethod.binding) codes.push(readErrorCode(parsed.value)?.code);
  });
  for (const bytes of [...bystander.path.sent, encodeChannelData(0x4000, new Uint8Array(4), false)]) thief.send(bytes, relay.port, '127.0.0.1');
  await served(thief, relay.port);
  // The first Allocate had no credentials yet: 401. All others carry a nonce of another path.
  assert.deepEqual(codes, [401, 438, 438]);
  assert.equal(relay.plane.statistics().allocationsNow, 1);
  await bystander.talk();
});

test('peers that policy forbids are refused, and a service on this machine hears nothing', async (t) => {
  // The service is in the range of relays, and not one of them.
  const relay = await TestRelayPlane.start({ peers: {}, relayPorts: { first: 32_768, last: 65_535 } });
  const service = await udpSocket();
  const heard: string[] = [];
  service.on('message', (bytes) => heard.push(bytes.toString()));
  const { username, password } = relay.admit();
  const server = { host: '127.0.0.1', port: relay.port, transport: 'udp', username, password } as const;
  const arrived = Promise.withResolvers<string>();
  const turn = await connectTurn(server);
  const other = await connectTurn({ ...server, onData: (_, bytes) => arrived.resolve(Buffer.from(bytes).toString()) });
  t.after(async () => (service.close(), turn.close(), other.close(), relay.close()));
  const { relayed: [mine] } = await turn.allocate({ family: 'dual' });
  const { relayed: [theirs] } = await other.allocate();
  assert.ok(mine !== undefined && theirs !== undefined);
  for (const forbidden of ['169.254.169.254:80', '0.0.0.0:1', '224.0.0.1:1', '[::ffff:127.0.0.1]:1', '[64:ff9b::169.254.169.254]:80', '[2002:7f00:1::1]:1', '[fe80::1]:1', '[fd00:ec2::254]:80', `127.0.0.1:${service.address().port}`]) {
    await assert.rejects(turn.bindChannel(address(forbidden)), { statusCode: 403 }, forbidden);
  }
  // Relays of this machine are permitted, and with them the address: what is sent to another port of it is judged again.
  await turn.permit(theirs);
  await other.permit(mine);
  turn.send(address(`127.0.0.1:${service.address().port}`), Buffer.from('a secret'));
  turn.send(theirs, Buffer.from('hello'));
  assert.equal(await arrived.promise, 'hello');
  assert.deepEqual(heard, []);
});

test('when ports are exhausted newcomers are told 508 and the log says why; a port that is given back is used again', async (t) => {
  const free = await udpSocket();
  const first = free.address().port;
  free.close();
  const relay = await TestRelayPlane.start({ listenAddresses: ['127.0.0.1'], relayPorts: { first, last: first + 3 } });
  const { username, password } = relay.admit();
  const server = { host: '127.0.0.1', port: relay.port, transport: 'udp', username, password } as const;
  const clients = await Promise.all(Array.from({ length: 5 }, () => connectTurn(server)));
  t.after(async () => (clients.forEach((client) => client.close()), relay.close()));
  const outcomes = await Promise.allSettled(clients.map((client) => client.allocate()));
  const winners = clients.filter((_, index) => outcomes[index]?.status === 'fulfilled');
  assert.ok(winners.length > 0 && winners.length < 5);
  for (const outcome of outcomes) if (outcome.status === 'rejected') assert.equal(outcome.reason.statusCode, 508);
  assert.match(relay.mailbox.log.join(''), /A relay port could not be opened/);
  await winners[0]?.release();
  const late = await connectTurn(server);
  await late.allocate();
  await late.release();
});
