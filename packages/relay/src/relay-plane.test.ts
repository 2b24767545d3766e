import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { formatTransportAddress, MessageBuilder, parseStunMessage, readAddress, readXorAddress, stunAttribute, stunMethod } from '@dialplane/stun';
import { TestRelayPlane } from './test-relay-plane.ts';

const bindingRequest = new MessageBuilder(new Uint8Array(64)).begin('request', stunMethod.binding, new Uint8Array(12).fill(9)).finish().slice();

test('anybody is told its address, over UDP and TCP, on both ports and families', async (t) => {
  const relay = await TestRelayPlane.start();
  t.after(() => relay.close());
  assert.equal(relay.plane.ports.length, 2);
  for (const host of ['127.0.0.1', '::1']) {
    for (const port of relay.plane.ports) {
      const udp = createSocket(host === '::1' ? 'udp6' : 'udp4').bind(0, host);
      await once(udp, 'listening');
      udp.send(bindingRequest, port, host);
      const [answer, from] = (await once(udp, 'message')) as [Buffer, { port: number }];
      const parsed = parseStunMessage(answer);
      assert.ok(parsed.ok);
      const told = (type: number, read = readAddress): number | undefined => read(parsed.value, type)?.port;
      const other = relay.plane.ports.find((each) => each !== port);
      assert.deepEqual([from.port, told(stunAttribute.xorMappedAddress, readXorAddress), told(stunAttribute.responseOrigin), told(stunAttribute.otherAddress)], [port, udp.address().port, port, other]);
      assert.ok(answer.length <= 100, `${answer.length} bytes`);
      udp.close();

      const tcp = connect(port, host);
      tcp.write(bindingRequest);
      const [frame] = (await once(tcp, 'data')) as [Buffer];
      const parsedFrame = parseStunMessage(frame);
      assert.ok(parsedFrame.ok);
      const mapped = readXorAddress(parsedFrame.value, stunAttribute.xorMappedAddress);
      assert.equal(mapped && formatTransportAddress(mapped), host === '::1' ? `[::1]:${tcp.localPort}` : `127.0.0.1:${tcp.localPort}`);
      tcp.destroy();
    }
  }
  assert.equal(relay.plane.statistics().bindings, 8);
});

test('a stream from a port of both families has the IPv4 address of its client', async (t) => {
  const relay = await TestRelayPlane.start();
  const front = createServer((stream) => relay.plane.takeStream({ stream, remoteAddress: stream.remoteAddress ?? '', remotePort: stream.remotePort ?? 0 })).listen(0, '::');
  t.after(() => (front.close(), relay.close()));
  await once(front, 'listening');
  const tcp = connect((front.address() as AddressInfo).port, '127.0.0.1');
  tcp.write(bindingRequest);
  const parsed = parseStunMessage(((await once(tcp, 'data')) as [Buffer])[0]);
  assert.ok(parsed.ok);
  const mapped = readXorAddress(parsed.value, stunAttribute.xorMappedAddress);
  assert.equal(mapped && formatTransportAddress(mapped), `127.0.0.1:${tcp.localPort}`);
  tcp.destroy();
});

test('a port that is in use is told, and the thread is over', async (t) => {
  const relay = await TestRelayPlane.start({ listenAddresses: ['127.0.0.1'] });
  t.after(() => relay.close());
  await assert.rejects(TestRelayPlane.start({ listenAddresses: ['127.0.0.1'], ports: [relay.port] }), { code: 'RELAY_PORT_UNAVAILABLE', message: /EADDRINUSE/ });
  await assert.rejects(TestRelayPlane.start({ countersPath: '/proc/no/such/file' }), { code: 'RELAY_COUNTERS_UNWRITABLE' });
});
