import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, seededRandomness } from '@dialplane/sansio';
import { formatIpAddress, formatTransportAddress, parseIpAddress, parseTransportAddress } from '@dialplane/stun';
import { isInRange, parseAddressRange } from './limits/address-range.ts';
import { MachineAddresses } from './ports/machine-addresses.ts';
import { RelayPeerPolicy } from './limits/peer-policy.ts';
import { PortPool } from './ports/port-pool.ts';
import { StrangerLimit } from './limits/stranger-limit.ts';

const ip = (text: string) => {
  const parsed = parseIpAddress(text);
  assert.ok(parsed, text);
  return parsed;
};
const at = (text: string) => {
  const parsed = parseTransportAddress(text);
  assert.ok(parsed, text);
  return parsed;
};

test('an address range holds what begins as it does, of its own family', () => {
  const holds = (range: string, address: string): boolean => isInRange(ip(address), parseAddressRange(range) ?? assert.fail(range));
  assert.deepEqual([holds('10.0.0.0/8', '10.255.0.1'), holds('10.0.0.0/8', '11.0.0.1'), holds('0.0.0.0/0', '192.0.2.1'), holds('0.0.0.0/0', '2001:db8::1')], [true, false, true, false]);
  assert.deepEqual([holds('fd00::/8', 'fdff::1'), holds('2001:db8::/33', '2001:db8:8000::1'), holds('2001:db8::1', '2001:db8::1'), holds('2001:db8::1', '2001:db8::2')], [true, false, true, false]);
  for (const text of ['', '10.0.0.0/33', '10.0.0/8', 'fd00::/129', '10.0.0.0/8/8', 'all']) assert.equal(parseAddressRange(text), undefined, text);
});

test('a pool gives each port once, in no order that can be guessed, and all of them', () => {
  const pool = new PortPool({ first: 50_001, last: 50_010 }, seededRandomness(3));
  const taken = Array.from({ length: 10 }, () => pool.take('any'));
  assert.deepEqual(taken.toSorted(), Array.from({ length: 10 }, (_, index) => 50_001 + index));
  assert.notDeepEqual(taken, taken.toSorted());
  assert.equal(pool.take('any'), undefined);
  pool.giveBack(50_004);
  pool.giveBack(50_004);
  assert.deepEqual([pool.take('even'), pool.freeCount], [50_004, 0]);
  for (const port of [50_005, 50_006, 50_007]) pool.giveBack(port);
  assert.equal(pool.take('evenAndNext'), 50_006);
  assert.equal(pool.take('evenAndNext'), undefined);
  assert.equal(pool.take('even'), undefined);
  assert.equal(pool.take('any'), 50_005);
});

test('peers: our own relays and media processors always, other ports of ours never, and nothing that is dangerous', () => {
  const policy = new RelayPeerPolicy({ first: 53_248, last: 65_535 }, { allowed: ['10.1.0.0/16', '127.0.0.0/8', '169.254.0.0/16'], mediaProcessors: [{ address: '203.0.113.9', ports: { first: 3480, last: 3490 } }] });
  policy.setOwnAddresses([ip('203.0.113.9'), ip('192.168.1.2'), ip('2001:db8::9')]);
  const permitted = ['203.0.113.9:60000', '203.0.113.9:3480', '203.0.113.9:0', '192.168.1.2:53248', '[2001:db8::9]:65535', '198.51.100.7:53', '10.1.2.3:1', '[64:ff9b::a01:203]:1', '[2a00::1]:9'];
  const forbidden = [
    '203.0.113.9:22', '203.0.113.9:3491', '192.168.1.2:53247', '192.168.1.3:60000', '10.2.0.1:1', '127.0.0.1:60000', '169.254.169.254:80', '169.254.1.1:1', '100.100.100.200:80',
    '0.0.0.0:1', '224.0.0.1:1', '255.255.255.255:1', '[::1]:1', '[::]:1', '[fe80::1]:1', '[fd00:ec2::254]:80', '[::ffff:127.0.0.1]:1', '[::ffff:198.51.100.7]:1', '[64:ff9b::7f00:1]:1', '[64:ff9b::a02:1]:1', '[2002:7f00:1::]:1',
    '[ff02::1]:1', '[fd00::1]:1',
  ];
  assert.deepEqual(permitted.filter((text) => !policy.permits(at(text))), []);
  assert.deepEqual(forbidden.filter((text) => policy.permits(at(text))), []);
  policy.setRelays((port) => port === 60_000);
  assert.deepEqual(['203.0.113.9:60000', '203.0.113.9:60001', '203.0.113.9:0', '203.0.113.9:3480'].map((text) => policy.permits(at(text))), [true, false, true, true]);
});

test('private peers are reached by default where the machine itself is private, and never its loopback', () => {
  const policy = new RelayPeerPolicy({ first: 53_248, last: 65_535 });
  policy.setOwnAddresses([ip('192.168.1.2')]);
  assert.deepEqual(['192.168.1.7:4000', '10.0.0.1:1', '127.0.0.1:60000'].map((text) => policy.permits(at(text))), [true, true, false]);
  policy.setOwnAddresses([ip('192.168.1.2'), ip('203.0.113.9')]);
  assert.equal(policy.permits(at('192.168.1.7:4000')), false);
  assert.throws(() => new RelayPeerPolicy({ first: 1, last: 2 }, { allowed: ['10.0.0.0/99'] }), { code: 'RELAY_ADDRESS_INVALID' });
});

test('relays are on the address that the client knows, else on the best; loopback only where there is nothing else', () => {
  const machine = new MachineAddresses({ listenAddresses: ['127.0.0.1', '10.0.0.5', '203.0.113.9', '::1'], publicAddresses: ['192.0.2.50'] });
  const relayOn = (family: 4 | 6, reached?: string): string => formatIpAddress(machine.relayOn(family, reached === undefined ? undefined : ip(reached)) ?? assert.fail());
  assert.deepEqual([relayOn(4), relayOn(4, '10.0.0.5'), relayOn(4, '127.0.0.1'), relayOn(4, '::1'), relayOn(6)], ['203.0.113.9', '10.0.0.5', '203.0.113.9', '203.0.113.9', '::1']);
  assert.deepEqual([...machine.families].toSorted(), [4, 6]);
  assert.deepEqual(['10.0.0.5:1', '203.0.113.9:1', '[::1]:1'].map((text) => formatTransportAddress(machine.advertised(at(text)))), ['192.0.2.50:1', '203.0.113.9:1', '[::1]:1']);
  assert.deepEqual(['192.0.2.50:60000', '203.0.113.9:60000', '127.0.0.1:60000', '[::1]:60000', '203.0.113.9:22'].map((text) => machine.policy.permits(at(text))), [true, true, false, true, false]);
});

test('strangers of one network get so many answers a second, others theirs', () => {
  const limit = new StrangerLimit(3, 42);
  const answered = (address: string, now: number): number => Array.from({ length: 5 }, () => limit.permits(ip(address), instant(now))).filter(Boolean).length;
  assert.deepEqual([answered('192.0.2.1', 100), answered('192.0.2.2', 900), answered('192.0.2.1', 999), answered('192.0.2.1', 1000)], [3, 3, 0, 3]);
  assert.deepEqual([answered('2001:db8:0:1::1', 2000), answered('2001:db8:0:1::2', 2000), answered('2001:db8:0:2::1', 2000)], [3, 0, 3]);
});

test('a flood of forged addresses costs no memory and leaves few honest ones without answer', () => {
  const limit = new StrangerLimit(200, 7);
  for (let word = 1; word <= 100_000; word += 1) limit.permits({ family: 4, w0: Math.imul(word, 0x9e3779b1), w1: 0, w2: 0, w3: 0 }, instant(5));
  const honest = Array.from({ length: 100 }, (_, index) => limit.permits(ip(`198.51.100.${index}`), instant(5))).filter(Boolean).length;
  assert.ok(honest >= 95, `${honest} of 100`);
});
