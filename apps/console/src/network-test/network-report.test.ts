import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeMappings, type MappedCandidate } from './mapping-probe.ts';
import { reportNetwork, reportText, type RelayTransport, type ServerFindings } from './network-report.ts';
import type { RelayFinding } from './relay-probe.ts';

const works: RelayFinding = { outcome: 'works', roundTripMs: 21.4, bytes: 33_000 };
const silent: RelayFinding = { outcome: 'noAllocation', errorCode: 701, errorText: 'TURN allocate request timed out.' };
const urls = { udp: 'turn:203.0.113.7:3478?transport=udp', tcp: 'turn:203.0.113.7:3478?transport=tcp', tls: 'turns:203.0.113.7:443?transport=tcp' } as const;

function found(relays: Readonly<Record<RelayTransport, RelayFinding>>, mapping: ServerFindings['mapping'] = { mappings: [], unanswered: ['stun:203.0.113.7:3478'] }): ServerFindings {
  const ways = (['udp', 'tcp', 'tls'] as const).map((transport) => ({ transport, url: urls[transport] }));
  const server = { host: '203.0.113.7', stunUrls: ['stun:203.0.113.7:3478', 'stun:203.0.113.7:3479'], relayUrls: ways };
  return { server, mapping, relays: ways.map(({ transport, url }) => ({ transport, url, finding: relays[transport] })) };
}

const mapped = (isSymmetric: boolean | undefined): ServerFindings['mapping'] => ({ mappings: [{ family: 'IPv4', address: '198.51.100.4', isSymmetric }], unanswered: [] });

test('everything gets through', () => {
  const report = reportNetwork('offered', [found({ udp: works, tcp: works, tls: works }, mapped(false))]);
  assert.deepEqual([report.verdict, report.remedy], ['good', undefined]);
  assert.deepEqual(report.rows.map(({ what, verdict }) => `${what}: ${verdict}`), [
    'Relay over UDP, 203.0.113.7: works', 'Relay over TCP, 203.0.113.7: works', 'Relay over TLS, 203.0.113.7: works', 'IPv4: works', 'IPv6: unknown', 'Symmetric NAT: no',
  ]);
  assert.equal(report.rows[0]?.sentence, '33000 bytes went through it and came back; a round trip takes 21 ms.');
});

test('UDP is blocked, then plain TCP as well, then everything', () => {
  const overTcp = reportNetwork('offered', [found({ udp: silent, tcp: works, tls: works })]);
  assert.match(overTcp.summary, /over TCP: UDP does not get through/);
  assert.match(overTcp.remedy ?? '', /let UDP to 203\.0\.113\.7 port 3478 through/);
  const overTls = reportNetwork('offered', [found({ udp: silent, tcp: silent, tls: works })]);
  assert.match(overTls.summary, /over TLS: neither UDP nor plain TCP/);
  assert.equal(overTls.rows.find(({ what }) => what === 'IPv4')?.verdict, 'works');
  const nothing = reportNetwork('offered', [found({ udp: silent, tcp: silent, tls: silent })]);
  assert.equal(nothing.verdict, 'bad');
  assert.match(nothing.remedy ?? '', /UDP to 203\.0\.113\.7 port 3478, or at least TLS to 203\.0\.113\.7 port 443/);
  assert.match(reportText(nothing), /^Calls do not work from here.*\nAsk .*\n\nRelay over UDP, 203\.0\.113\.7: blocked\. turn:203\.0\.113\.7:3478\?transport=udp does not answer from here\.\n/);
});

test('a relay that lets nothing through, or refuses, is told apart from one that is not reached', () => {
  const refused: RelayFinding = { outcome: 'noAllocation', errorCode: 486, errorText: 'Allocation Quota Reached' };
  const { rows } = reportNetwork('offered', [found({ udp: { outcome: 'noData' }, tcp: refused, tls: works })]);
  assert.match(rows[0]?.sentence ?? '', /relay ports of the server's firewall/);
  assert.equal(rows[1]?.sentence, 'turn:203.0.113.7:3478?transport=tcp refused: 486 Allocation Quota Reached');
});

test('a server without a relay, and one whose relay is off', () => {
  assert.match(reportNetwork('unavailable', []).summary, /^This server runs no relay/);
  const { server } = found({ udp: works, tcp: works, tls: works });
  const off = reportNetwork('turnedOffForResource', [{ server: { ...server, relayUrls: [] }, mapping: { mappings: [], unanswered: [...server.stunUrls] }, relays: [] }]);
  assert.match(off.summary, /^An operator has turned the relay off: .*, and UDP does not get through from here\.$/);
});

test('one mapping for both ports is no symmetric NAT, two from one socket are', () => {
  const candidate = (foundation: string, address: string, port: number): MappedCandidate => ({ foundation, address, port });
  const first = candidate('1', '198.51.100.4', 40_001);
  assert.deepEqual(judgeMappings([first], [], true), [{ family: 'IPv4', address: '198.51.100.4', isSymmetric: false }]);
  assert.deepEqual(judgeMappings([first], [], false)[0]?.isSymmetric, undefined);
  assert.equal(judgeMappings([first, candidate('1', '198.51.100.4', 40_002)], [], true)[0]?.isSymmetric, true);
  // Two network interfaces have a mapping each.
  assert.equal(judgeMappings([first, candidate('2', '198.51.100.9', 40_002)], [], true)[0]?.isSymmetric, false);
});

test('without a NAT the own addresses are the mapped ones; hidden ones tell nothing', () => {
  const own = [{ foundation: '1', address: '2001:db8::7', port: 50_000 }, { foundation: '2', address: '0b1c.local', port: 50_001 }];
  assert.deepEqual(judgeMappings([], own, true), [{ family: 'IPv6', address: '2001:db8::7', isSymmetric: false }]);
});
