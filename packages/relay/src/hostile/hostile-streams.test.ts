import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { MessageBuilder, stunMethod } from '@dialplane/stun';
import { parseChannelData, StreamFramer } from '@dialplane/turn';
import type { ClientPath, ClientPathEvents } from '../client/client-path.ts';
import { TurnConnection } from '../client/turn-connection.ts';
import { TestRelayPlane } from '../test-relay-plane.ts';
import { address, Bystander, udpSocket } from './test-bystander.ts';
import { garbage } from './test-garbage.ts';

const binding = new MessageBuilder(new Uint8Array(64)).begin('request', stunMethod.binding, new Uint8Array(12)).finish().slice();

async function stream(relay: TestRelayPlane, ...chunks: readonly Uint8Array[]): Promise<Socket> {
  const socket = connect({ port: relay.port, host: '127.0.0.1' }).on('error', () => {}).resume();
  await once(socket, 'connect');
  for (const chunk of chunks) socket.write(chunk);
  return socket;
}

/** Also by a reset, which `once` would throw. */
function closed(socket: Socket): Promise<void> {
  return socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));
}

test('garbage on streams: each ends, no fault, the others talk on', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { firstMessageMs: 200, streamsPerAddress: 100 } });
  const bystander = await Bystander.start(relay);
  t.after(async () => (await bystander.release(), relay.close()));
  for (let round = 0; round < 8; round += 1) {
    const pieces = garbage(round, 240);
    const streams = await Promise.all(Array.from({ length: 60 }, (_, index) => stream(relay, ...pieces.slice(index * 4, index * 4 + 4))));
    await bystander.talk(5);
    for (const socket of streams) socket.end();
    await Promise.all(streams.map(closed));
  }
  await bystander.talk();
  const { faults, streamsNow, allocationsNow } = relay.plane.statistics();
  assert.deepEqual([faults, streamsNow, allocationsNow], [0, 1, 1]);
});

test('who says nothing, or a byte now and then, is sent away in time; what is no TURN at once', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { firstMessageMs: 300 } });
  const bystander = await Bystander.start(relay);
  t.after(async () => (await bystander.release(), relay.close()));
  const silent = await stream(relay);
  const slow = await stream(relay, binding.subarray(0, 1));
  const drip = setInterval(() => slow.write(Uint8Array.of(0)), 50);
  t.after(() => clearInterval(drip));
  const atOnce = await Promise.all([
    stream(relay, new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n')),
    stream(relay, Uint8Array.of(0x40, 0, 0, 4, 1, 2, 3, 4)),
    // A message of 64 KB, of which only the header comes.
    stream(relay, binding.with(2, 0xff).with(3, 0xfc)),
    stream(relay, Uint8Array.of(0x16, 3, 1, 0, 5)),
  ]);
  await Promise.all([...atOnce, silent, slow].map(closed));
  await bystander.talk();
});

test('one address gets so many streams, and its next is closed', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { streamsPerAddress: 10 } });
  t.after(() => relay.close());
  const streams = await Promise.all(Array.from({ length: 10 }, () => stream(relay, binding)));
  await Promise.all(streams.map((socket) => once(socket, 'data')));
  await closed(await stream(relay));
  const elsewhere = connect({ port: relay.port, host: '127.0.0.1', localAddress: '127.2.0.1' });
  elsewhere.write(binding);
  await once(elsewhere, 'data');
  assert.equal(relay.plane.statistics().streamsRefused, 1);
  for (const socket of [elsewhere, ...streams]) socket.destroy();
});

/** A client's stream that can stop reading, and counts the payload of ChannelData that it has read. */
class LazyPath implements ClientPath {
  readonly isStream = true;
  readonly socket: Socket;
  readBytes = 0;
  private readonly framer = new StreamFramer();

  constructor(socket: Socket) {
    this.socket = socket;
  }

  get localAddress(): string {
    return this.socket.localAddress ?? '';
  }

  get localPort(): number {
    return this.socket.localPort ?? 0;
  }

  listen({ onMessage, onFailed }: ClientPathEvents): void {
    this.socket.on('close', () => onFailed(undefined));
    this.socket.on('data', (chunk) => {
      this.framer.push(chunk);
      for (let next = this.framer.next(); next.kind === 'frame'; next = this.framer.next()) {
        this.readBytes += parseChannelData(next.bytes)?.data.length ?? 0;
        onMessage(next.bytes);
      }
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  close(): void {
    this.socket.destroy();
  }
}

test('a client that does not read loses packets, not memory of ours; what it was sent is what it pays for', async (t) => {
  const relay = await TestRelayPlane.start({ limits: { bytesPerSecondPerUser: Number.POSITIVE_INFINITY } });
  const [bystander, peer] = [await Bystander.start(relay), await udpSocket()];
  t.after(async () => (peer.close(), await bystander.release(), relay.close()));
  const { username, password, grant } = relay.admit({ userId: 'lazy' });
  const path = new LazyPath(await stream(relay));
  const turn = new TurnConnection({ host: '127.0.0.1', port: relay.port, transport: 'tcp', username, password }, path);
  const { relayed: [own] } = await turn.allocate();
  await turn.bindChannel(address(`127.0.0.1:${peer.address().port}`));
  assert.ok(own);
  path.socket.pause();
  const packet = new Uint8Array(1200);
  while (relay.plane.statistics().slowReaderDrops < 500) {
    for (let number = 0; number < 200; number += 1) peer.send(packet, own.port, '127.0.0.1');
    await bystander.talk(2);
  }
  const before = process.memoryUsage().rss;
  const dropped = relay.plane.statistics().slowReaderDrops;
  while (relay.plane.statistics().slowReaderDrops < dropped + 10_000) {
    for (let number = 0; number < 200; number += 1) peer.send(packet, own.port, '127.0.0.1');
    await bystander.talk(1);
  }
  assert.ok(process.memoryUsage().rss < before + 64 * 2 ** 20, `grew from ${before} to ${process.memoryUsage().rss} bytes`);
  path.socket.resume();
  await turn.release();
  const [stopped] = await relay.usageOf(({ kind, grant: { userId } }) => kind === 'stopped' && userId === grant.userId);
  assert.equal(stopped?.totals.toClientBytes, path.readBytes);
  assert.ok(path.readBytes > 0);
});
