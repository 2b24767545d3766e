import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { formatTransportAddress, type TransportAddress } from '@dialplane/stun';
import { askBinding } from '../client/ask-binding.ts';
import type { TurnServerTarget } from '../client/client-path.ts';
import { connectTurn, type TurnConnection, type TurnConnectionOptions } from '../client/turn-connection.ts';
import { turnPassword } from '../index.ts';
import { address } from '../hostile/test-bystander.ts';
import { coturnTest } from './test-coturn.ts';
import { EchoPeer } from './test-echo-peer.ts';
import { Turnserver, turnserverSecret, turnserverUser } from './test-turnserver.ts';

const addressOf = ({ host, port }: { readonly host: string; readonly port: number }): TransportAddress => address(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);

/** Sends packets of many lengths, one after the other, and checks that each comes back. */
async function talk(connectTo: (more: Partial<TurnConnectionOptions>) => Promise<TurnConnection>, way: 'permit' | 'bindChannel', peer: EchoPeer, family: 4 | 6): Promise<void> {
  let onArrival: (bytes: Uint8Array) => void = () => undefined;
  const turn = await connectTo({ onData: (_, bytes) => onArrival(bytes) });
  const { relayed } = await turn.allocate({ family });
  assert.deepEqual(relayed.map((each) => each.family), [family]);
  await turn[way](addressOf(peer));
  for (const length of [1, 2, 3, 4, 160, 1199, 1200, 1400]) {
    const back = new Promise<Uint8Array>((resolve) => (onArrival = resolve));
    turn.send(addressOf(peer), new Uint8Array(length).fill(length));
    assert.deepEqual(new Uint8Array(await back), new Uint8Array(length).fill(length));
  }
  assert.equal(peer.exchangedWith(relayed.map(formatTransportAddress)).receivedPackets, 8);
  await turn.release();
}

coturnTest("our client against coturn's server: UDP, TCP and TLS, indications and channels, both families", async (t) => {
  const server = await Turnserver.start();
  const peers = { 4: await EchoPeer.start('127.0.0.1'), 6: await EchoPeer.start('::1') };
  t.after(async () => (peers[4].close(), peers[6].close(), await server.stop()));
  const cases: Array<Promise<void>> = [];
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    for (const host of ['127.0.0.1', '::1'] as const) {
      for (const family of [4, 6] as const) {
        for (const way of ['permit', 'bindChannel'] as const) {
          const connectTo = (more: Partial<TurnConnectionOptions>): Promise<TurnConnection> => connectTurn({ ...server.target(transport, host), ...turnserverUser, ...more });
          cases.push(t.test(`${transport} to ${host}, IPv${family}, ${way}`, () => talk(connectTo, way, peers[family], family)));
        }
      }
    }
  }
  await Promise.all(cases);
});

coturnTest("a dual allocation, an even port with its neighbour, and a name with an expiry, from coturn's server", async (t) => {
  const server = await Turnserver.start();
  const withSecret = await Turnserver.start(['--use-auth-secret', '--static-auth-secret', turnserverSecret]);
  t.after(() => Promise.all([server.stop(), withSecret.stop()]));
  const target = { ...server.target('udp'), ...turnserverUser };
  const dual = await connectTurn(target);
  assert.deepEqual((await dual.allocate({ family: 'dual' })).relayed.map(({ family }) => family).toSorted(), [4, 6]);
  await dual.release();

  const [even, next] = [await connectTurn(target), await connectTurn(target)];
  const { relayed: [first], reservationToken } = await even.allocate({ port: 'evenAndNext' });
  assert.ok(first !== undefined && first.port % 2 === 0 && reservationToken !== undefined);
  assert.equal((await next.allocate({ reservationToken })).relayed[0]?.port, first.port + 1);
  await Promise.all([even.release(), next.release()]);

  const username = `${Math.floor(Date.now() / 1000) + 3600}:alice`;
  const limited = await connectTurn({ ...withSecret.target('tcp'), username, password: turnPassword(turnserverSecret, username) });
  await limited.allocate();
  await limited.release();
});

coturnTest("what coturn's server refuses is told as it is", async (t) => {
  const server = await Turnserver.start();
  const target = { ...server.target('udp'), ...turnserverUser };
  const [stranger, turn, lost] = [await connectTurn({ ...target, password: 'a guess' }), await connectTurn(target), await connectTurn({ ...target, port: await closedPort() })];
  t.after(async () => {
    for (const each of [stranger, turn, lost]) each.close();
    await server.stop();
  });
  await assert.rejects(stranger.allocate(), { reason: 'STUN_CREDENTIALS_REFUSED' });
  await turn.allocate({ family: 4 });
  await assert.rejects(turn.bindChannel(address('[::1]:9')), { statusCode: 443 });
  await assert.rejects(lost.allocate(), { reason: 'pathFailed' });
});

coturnTest("TCP relays (RFC 6062) of coturn's server: a peer that we reach, and one that reaches us", async (t) => {
  const server = await Turnserver.start();
  const peer = createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  t.after(async () => (peer.close(), await server.stop()));
  for (const transport of ['tcp', 'tls'] as const) await t.test(transport, () => talkOverTcp(server.target(transport), (peer.address() as AddressInfo).port));
});

async function talkOverTcp(target: TurnServerTarget, peerPort: number): Promise<void> {
  const attempt = Promise.withResolvers<number>();
  const turn = await connectTurn({ ...target, ...turnserverUser, onConnectionAttempt: ({ connectionId }) => attempt.resolve(connectionId) });
  const { relayed } = await turn.allocate({ transport: 'tcp' });
  const outgoing = await turn.connectPeer(address(`127.0.0.1:${peerPort}`));
  assert.equal(await heardBy(outgoing, () => outgoing.write('to the peer')), 'to the peer');
  await turn.permit(address('127.0.0.1:1'));
  const caller = connect(relayed[0]?.port ?? 0, '127.0.0.1');
  const incoming = await turn.bindPeer(await attempt.promise);
  assert.equal(await heardBy(caller, () => incoming.write('to the caller')), 'to the caller');
  assert.equal(await heardBy(incoming, () => caller.write('back')), 'back');
  // coturn's server ends both directions with the first that ends.
  for (const stream of [outgoing, caller, incoming]) stream.on('error', () => {}).destroy();
  await turn.release();
}

async function heardBy(stream: Socket, say: () => void): Promise<string> {
  const heard = once(stream, 'data');
  stream.resume();
  say();
  return String((await heard)[0]);
}

coturnTest("coturn's server says how it sees us, over each transport and family", async (t) => {
  const server = await Turnserver.start();
  t.after(() => server.stop());
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    for (const host of ['127.0.0.1', '::1'] as const) assert.equal((await askBinding(server.target(transport, host)))?.mapped.family, host === '::1' ? 6 : 4, `${transport} ${host}`);
  }
});

/** A UDP port on which nothing listens. */
async function closedPort(): Promise<number> {
  const peer = await EchoPeer.start('127.0.0.1');
  const { port } = peer;
  peer.close();
  return port;
}
