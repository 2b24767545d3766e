import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from '@dialplane/telemetry';
import { publicRelayAddresses, relayHosts } from './relay-addresses.ts';

const nothing = { domain: undefined, publicAddresses: [], host: undefined } as const;
const interfaces = ['192.0.2.2', 'fd00::2'];

test('clients are sent to where the operator says, else to the interfaces', () => {
  assert.deepEqual(relayHosts({ ...nothing, domain: 'calls.example.com' }, undefined, interfaces), ['calls.example.com', ...interfaces]);
  assert.deepEqual(relayHosts({ ...nothing, publicAddresses: ['203.0.113.1', 'turn.example.com'] }, undefined, interfaces), ['203.0.113.1', 'turn.example.com', ...interfaces]);
  assert.deepEqual(relayHosts({ ...nothing, host: '192.0.2.2' }, undefined, interfaces), ['192.0.2.2']);
  assert.deepEqual(relayHosts({ ...nothing, publicAddresses: ['2001:db8::1'] }, undefined, []), ['2001:db8::1']);
});

test('relayed addresses are told as the public ones, one of each family; what does not resolve is left out', async () => {
  const lines: string[] = [];
  const logger = createLogger({ destination: { write: (line) => lines.push(line) } });
  const told = (publicAddresses: readonly string[]) => publicRelayAddresses({ ...nothing, publicAddresses }, logger);
  assert.deepEqual(await told([]), []);
  assert.deepEqual(await told(['203.0.113.1', '203.0.113.2', '2001:db8::1']), ['203.0.113.1', '2001:db8::1']);
  assert.deepEqual(await told(['localhost', '127.0.0.1']), []);
  assert.equal(lines.length, 0);
  assert.deepEqual(await told(['does-not-exist.invalid', '203.0.113.1']), ['203.0.113.1']);
  assert.match(lines.join(''), /could not be resolved/);
});
