import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTransportAddress, type TransportAddress } from '@dialplane/stun';
import { connectTurn } from '../../client/turn-connection.ts';
import { TestRelayPlane } from '../../test-relay-plane.ts';

test('behind 1:1 NAT two relays reach each other by the public address, over UDP and TCP, and nothing else is reached by it', async (t) => {
  const relay = await TestRelayPlane.start({ listenAddresses: ['127.0.0.1'], publicAddresses: ['192.0.2.9'], peers: {} });
  const got = Promise.withResolvers<readonly [TransportAddress, string]>();
  const attempt = Promise.withResolvers<number>();
  const connect = (more: object = {}) => connectTurn({ host: '127.0.0.1', port: relay.port, transport: 'tcp', ...relay.admit(), ...more });
  const [near, far] = [await connect(), await connect({ onData: (peer: TransportAddress, bytes: Uint8Array) => got.resolve([peer, String(Buffer.from(bytes))]) })];
  const [nearTcp, farTcp] = [await connect(), await connect({ onConnectionAttempt: ({ connectionId }: { connectionId: number }) => attempt.resolve(connectionId) })];
  t.after(async () => ([near, far, nearTcp, farTcp].forEach((each) => each.close()), relay.close()));
  const relayedOf = async (turn: typeof near, transport: 'udp' | 'tcp'): Promise<TransportAddress> => (await turn.allocate({ transport })).relayed[0] ?? assert.fail();
  const [nearRelay, farRelay] = [await relayedOf(near, 'udp'), await relayedOf(far, 'udp')];
  assert.match(formatTransportAddress(nearRelay), /^192\.0\.2\.9:/);
  await near.bindChannel(farRelay);
  await far.bindChannel(nearRelay);
  near.send(farRelay, Buffer.from('around'));
  const [peer, text] = await got.promise;
  assert.deepEqual([formatTransportAddress(peer), text], [formatTransportAddress(nearRelay), 'around']);
  await assert.rejects(near.bindChannel({ ...farRelay, port: relay.port }), { statusCode: 403 });

  const [nearTcpRelay, farTcpRelay] = [await relayedOf(nearTcp, 'tcp'), await relayedOf(farTcp, 'tcp')];
  await farTcp.permit(nearTcpRelay);
  const [stream, other] = await Promise.all([nearTcp.connectPeer(farTcpRelay), attempt.promise.then((id) => farTcp.bindPeer(id))]);
  stream.end('through both');
  const chunks: Buffer[] = [];
  for await (const chunk of other) chunks.push(chunk as Buffer);
  assert.equal(String(Buffer.concat(chunks)), 'through both');
});
