import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { createUdpSockets } from '@dialplane/kernels';
import { formatIpAddress, formatTransportAddress, parseIpAddress, type TransportAddress } from '@dialplane/stun';
import { Listeners } from './listeners.ts';

const ips = (...texts: string[]) => texts.map((text) => parseIpAddress(text) ?? assert.fail(text));

function bench(t: { after(done: () => void): void }) {
  const sockets = createUdpSockets({ onBatch: () => 0, implementation: 'dgram' });
  const tcp = new Map<string, Server>();
  const log: unknown[] = [];
  const listen = async (local: TransportAddress): Promise<() => void> => {
    const server = createServer();
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host: formatIpAddress(local), port: local.port }, resolve));
    tcp.set(formatTransportAddress(local), server);
    return () => (tcp.delete(formatTransportAddress(local)), server.close());
  };
  const listeners = new Listeners(sockets, listen, (_, fields) => log.push(fields));
  t.after(() => (listeners.stop(), sockets.destroy()));
  return { listeners, tcp, log };
}

test('the same ports are open on every address, and follow the addresses', async (t) => {
  const { listeners, tcp } = bench(t);
  const ports = await listeners.start(ips('127.0.0.1', '127.0.0.2'), [0, 0]);
  const where = (...hosts: string[]): string[] => hosts.flatMap((host) => ports.map((port) => `${host}:${port}`)).toSorted();
  assert.deepEqual([...tcp.keys()].toSorted(), where('127.0.0.1', '127.0.0.2'));
  await listeners.follow(ips('127.0.0.2', '127.0.0.3'));
  await listeners.follow(ips('127.0.0.2', '127.0.0.3'));
  assert.deepEqual([...tcp.keys()].toSorted(), where('127.0.0.2', '127.0.0.3'));
});

test('an address that is not there yet keeps nobody waiting, and is tried again', async (t) => {
  const { listeners, tcp, log } = bench(t);
  const [port] = await listeners.start(ips('127.0.0.1', '2001:db8::77'), [0]);
  assert.deepEqual([...tcp.keys()], [`127.0.0.1:${port}`]);
  await listeners.follow(ips('127.0.0.1', '2001:db8::77'));
  assert.deepEqual(log, [{ address: `[2001:db8::77]:${port}`, code: 'EADDRNOTAVAIL', limited: 'listen' }]);
  await assert.rejects(bench(t).listeners.start(ips('2001:db8::77'), [0]), { code: 'RELAY_PORT_UNAVAILABLE' });
});

test('a port that is taken on one address is open on none', async (t) => {
  const { listeners, tcp } = bench(t);
  const [port = 0] = await listeners.start(ips('127.0.0.2'), [0]);
  const other = bench(t);
  await assert.rejects(other.listeners.start(ips('127.0.0.1', '127.0.0.2'), [port]), { code: 'RELAY_PORT_UNAVAILABLE', message: /EADDRINUSE/ });
  assert.deepEqual([tcp.size, other.tcp.size], [1, 0]);
});
