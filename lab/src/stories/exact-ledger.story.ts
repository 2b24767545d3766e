/** The ledger has exactly what two programs count that send to each other through the relay: no browser, whose connectivity checks nobody counts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { RelayUsageRow } from '@dialplane/calling-api';
import { startDialplane } from '../dialplane-server.ts';
import { buildNetwork } from '../network/network.ts';
import { eventually } from '../patience.ts';
import type { RelayClientCount, RelayClientTask } from '../relay-client.ts';
import { labTest } from '../requirements.ts';
import { internetWith, placeOf, type AccessNetwork } from './access-networks.ts';
import { allocationsOf, sumOf } from './relay-ledger.ts';

const relayClient = join(import.meta.dirname, '../relay-client.ts');
const peerPort = 7000;

/** Sends back twice what came, and prints how many bytes came and went so far. */
const doublingPeer = `
  const socket = require('node:dgram').createSocket('udp4').bind(${peerPort}, () => console.log('listening'));
  let received = 0, sent = 0;
  socket.on('message', (bytes, { port, address }) => {
    received += bytes.length;
    const answer = Buffer.concat([bytes, bytes]);
    sent += answer.length;
    socket.send(answer, port, address, () => console.log(JSON.stringify({ received, sent })));
  });`;

const ways: ReadonlyArray<readonly [AccessNetwork, 'udp' | 'tcp' | 'tls', number]> = [['carrier', 'udp', 3478], ['ipv6', 'udp', 3478], ['office', 'tcp', 3478], ['hotel', 'tls', 443]];

labTest('rows of the ledger equal what client and peer sent and received, over UDP, TCP and TLS', async () => {
  await using network = await buildNetwork(internetWith(['open', ...ways.map(([access]) => access)]));
  const serverHost = network.host('server');
  await using server = await startDialplane(serverHost, { httpsPort: 443 });
  const { operatorToken = '' } = await server.signIn('Operator');
  for (const [index, [access, transport, port]] of ways.entries()) {
    const { token, rawId } = await server.signIn(`Anna ${index}`);
    const { username = '', credential = '' } = await server.ask('getNetworkConfiguration', 'GET', '/v1/network', token);
    const peer = network.host(placeOf('boris', 'open'));
    const doubling = peer.start(process.execPath, ['-e', doublingPeer]);
    await doubling.line(/^listening$/);
    const client = network.host(placeOf('anna', access));
    const task: RelayClientTask = {
      server: { host: new URL(server.originFor(client)).hostname.replaceAll(/[[\]]/g, ''), port, transport },
      username, password: credential, peer: `${peer.address}:${peerPort}`, datagrams: 300,
    };
    const running = client.start(process.execPath, ['--disable-warning=ExperimentalWarning', relayClient, JSON.stringify(task)], { env: { ...process.env, NODE_EXTRA_CA_CERTS: server.authority } });
    const counted = JSON.parse((await running.line(/^\{.*\}$/))[0]) as RelayClientCount;

    const read = async (): Promise<readonly RelayUsageRow[]> => (await server.ask('listRelayUsage', 'GET', `/v1/relay/usage?identifier=${encodeURIComponent(rawId)}`, operatorToken)).value;
    const value = await eventually(read, (rows) => rows.at(-1)?.kind === 'stopped', (rows) => `an allocation that does not end: ${JSON.stringify(rows)}`);
    assert.deepEqual(allocationsOf(value).map(([, rows]) => [rows[0]?.clientTransport, rows[0]?.relayedAddresses, rows.at(-1)?.kind, rows.at(-1)?.reason]), [[transport, counted.relayedAddresses, 'stopped', 'deleted']]);
    assert.deepEqual(sumOf(value), { toPeer: counted.sentBytes, toClient: counted.receivedBytes });
    const { received, sent } = JSON.parse(doubling.tail().split('\n').at(-1) ?? '') as { received: number; sent: number };
    assert.deepEqual({ toPeer: received, toClient: sent }, sumOf(value));
    assert.ok(received > 100_000);
    await peer.killAll();
  }
});
