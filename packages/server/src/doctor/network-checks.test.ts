import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { NetworkConfiguration } from '@dialplane/calling-api';
import { MessageBuilder, parseStunMessage, parseTransportAddress, stunAttribute, writeXorAddress } from '@dialplane/stun';
import { reachableAddresses } from '../certificates/local-names.ts';
import { startTestServer } from '../test-server.ts';
import { checkNetwork } from './network-checks.ts';

const host = reachableAddresses()[0] ?? '127.0.0.1';
const bracketed = host.includes(':') ? `[${host}]` : host;

/** A server on `host` with these ports, and a credential that nobody made. */
function network(stunPorts: readonly number[], relayPort: number): NetworkConfiguration {
  const relayUrls = [
    { transport: 'udp' as const, url: `turn:${bracketed}:${relayPort}?transport=udp` },
    { transport: 'tcp' as const, url: `turn:${bracketed}:${relayPort}?transport=tcp` },
  ];
  return { relay: 'offered', servers: [{ host, stunUrls: stunPorts.map((port) => `stun:${bracketed}:${port}`), relayUrls }], username: `${Math.ceil(Date.now() / 1000) + 600}:nobody`, credential: 'nothing' };
}

/** A STUN server as a symmetric NAT makes it look: it answers each client with a port of its own choice. */
async function stunServer(t: TestContext, seenPort: number): Promise<number> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  t.after(() => socket.close());
  socket.on('message', (bytes, { port }) => {
    const request = parseStunMessage(bytes);
    const mapped = parseTransportAddress(`192.0.2.1:${seenPort}`);
    if (!request.ok || mapped === undefined) return;
    const answer = new MessageBuilder(new Uint8Array(128)).begin('success', request.value.method, request.value.transactionId);
    writeXorAddress(answer, stunAttribute.xorMappedAddress, mapped);
    socket.send(answer.finish(), port, host);
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket.address().port;
}

test('nothing answers: each way has its remedy, and calls do not work', async () => {
  const findings = await checkNetwork(network([9, 10], 9), undefined);
  assert.deepEqual(findings.map(({ verdict }) => verdict), ['broken', 'broken', 'broken', 'notice']);
  const [stun, udp, tcp, nat] = findings.map(({ sentence }) => sentence);
  assert.match(stun ?? '', /does not answer over UDP\. Let UDP in at ports/);
  assert.match(udp ?? '', /^Nothing answers over UDP at \S+ port 9 /);
  assert.match(tcp ?? '', /ECONNREFUSED.*Networks without UDP need this port/);
  assert.match(nat ?? '', /cannot be told without UDP/);
});

test('a relay that refuses the credential is told apart from one that is not there', async (t) => {
  const { relayPorts } = await startTestServer(t);
  const findings = await checkNetwork(network(relayPorts, relayPorts[0] ?? 0), undefined);
  assert.deepEqual(findings.map(({ verdict }) => verdict), ['good', 'broken', 'broken', 'good']);
  for (const { sentence } of findings.slice(1, 3)) assert.match(sentence, /refuses|does not accept/);
});

test('another port for each destination is a symmetric NAT', async (t) => {
  const ports = [await stunServer(t, 40_001), await stunServer(t, 40_002)];
  const findings = await checkNetwork({ ...network(ports, 9), relay: 'turnedOffForResource' }, undefined);
  assert.match(findings.at(-1)?.sentence ?? '', /^A symmetric NAT is between here and the server/);
  assert.match(findings[0]?.sentence ?? '', /turned the relay off/);
});
