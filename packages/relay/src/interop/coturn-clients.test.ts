import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { absenceOf, loadKernel } from '@dialplane/kernels';
import { skipWithout } from '@dialplane/testing';
import type { RelayGrant, RelayUsageEvent } from '../index.ts';
import { secret, TestRelayPlane } from '../test-relay-plane.ts';
import { coturnTest, runCoturn, uclientCounts } from './test-coturn.ts';
import { EchoPeer } from './test-echo-peer.ts';
import { TlsFront } from './test-tls-front.ts';

/** How `turnutils_uclient` is run; what it should come to is the same for all: nothing lost, and a ledger that agrees. */
interface Scenario {
  readonly name: string;
  readonly words?: readonly string[];
  /** Bytes of a message. */
  readonly length?: number;
  /** Where the server is reached. */
  readonly server?: '127.0.0.1' | '::1';
  readonly transport?: RelayUsageEvent['clientTransport'];
  /** Where only it can do what is asked for. */
  readonly kernel?: 'native';
  /** What is relayed. */
  readonly relays?: RelayUsageEvent['peerTransport'];
  /** The echo it talks to; `itself`: pairs of clients through two relays. */
  readonly peer?: '127.0.0.1' | '::1' | 'itself';
  /** Time-limited credentials that the client makes from the secret, with an expiry of its own. */
  readonly credential?: 'fromSecret';
  readonly relayedFamily?: 4 | 6 | 'dual';
  /**
   * Whether its own TLS is used instead of a tunnel: that takes what one read brings for one message, so that of two which come in one TLS record it loses the
   * second.
   */
  readonly ownTls?: 'losesWhatComesTogether';
}

/** Packets 200 ms apart. */
const apart = ['-z', '200'];

const scenarios: readonly Scenario[] = [
  { name: 'UDP, channels, an even port and the reserved one above it for RTCP' },
  { name: 'UDP, Send indications', words: ['-s'] },
  { name: 'UDP, DONT-FRAGMENT', words: ['-s', '-g'], kernel: 'native' },
  { name: 'UDP, extra requests', words: ['-G'] },
  { name: 'UDP, mobility that is not offered', words: ['-M'] },
  { name: 'UDP, an ORIGIN', words: ['-o', 'https://example.org'] },
  { name: 'UDP, four clients, 50 packets each of 1200 bytes', words: ['-m', '4', '-n', '50', '-z', '40'], length: 1200 },
  { name: 'UDP, empty packets', length: 0 },
  { name: 'UDP, time-limited credentials made from the secret', credential: 'fromSecret' },
  { name: 'UDP, client to client', words: ['-y'], peer: 'itself' },
  { name: 'UDP, client to client without RTCP', words: ['-y', '-c'], peer: 'itself' },
  { name: 'UDP, dual allocations', words: ['-Z', '-y'], peer: 'itself', relayedFamily: 'dual' },
  { name: 'UDP, an IPv6 relay for an IPv4 client', words: ['-x'], peer: '::1', relayedFamily: 6 },
  { name: 'UDP, an IPv6 relay for an IPv6 client', words: ['-x'], server: '::1', peer: '::1', relayedFamily: 6 },
  { name: 'UDP, an IPv4 relay for an IPv6 client', words: ['-X'], server: '::1', relayedFamily: 4 },
  { name: 'TCP, channels', words: ['-t'], transport: 'tcp' },
  { name: 'TCP, Send indications', words: ['-t', '-s'], transport: 'tcp' },
  { name: 'TCP, packets that need padding', words: ['-t'], length: 101, transport: 'tcp' },
  { name: 'TCP, channels padded as over UDP', words: ['-t', '-D'], transport: 'tcp' },
  { name: 'TCP over IPv6, an IPv6 relay', words: ['-t', '-x'], transport: 'tcp', server: '::1', peer: '::1', relayedFamily: 6 },
  { name: 'TLS, channels', words: ['-t'], transport: 'tls' },
  { name: 'TLS, Send indications', words: ['-t', '-s'], transport: 'tls' },
  { name: 'TLS, client to client', words: ['-t', '-y'], transport: 'tls', peer: 'itself' },
  { name: 'TCP relays (RFC 6062)', words: ['-T'], transport: 'tcp', relays: 'tcp', peer: 'itself' },
  { name: 'TCP relays, 100 messages of 1000 bytes', words: ['-T', '-n', '100', '-z', '1'], length: 1000, transport: 'tcp', relays: 'tcp', peer: 'itself' },
  { name: 'TCP relays for IPv6', words: ['-T', '-x'], transport: 'tcp', relays: 'tcp', peer: 'itself', relayedFamily: 6 },
  { name: 'TCP relays over IPv6', words: ['-T', '-x'], server: '::1', transport: 'tcp', relays: 'tcp', peer: 'itself', relayedFamily: 6 },
  { name: 'TCP relays over TLS', words: ['-T'], transport: 'tls', relays: 'tcp', peer: 'itself' },
  { name: 'TLS of its own, channels', words: ['-t', '-S', ...apart], transport: 'tls', ownTls: 'losesWhatComesTogether' },
];

class Stage {
  readonly relay: TestRelayPlane;
  readonly front: TlsFront;
  private readonly peers: Readonly<Record<string, EchoPeer>>;

  private constructor(relay: TestRelayPlane, front: TlsFront, peers: Readonly<Record<string, EchoPeer>>) {
    this.relay = relay;
    this.front = front;
    this.peers = peers;
  }

  static async start(t: TestContext): Promise<Stage> {
    const relay = await TestRelayPlane.start();
    const stage = new Stage(relay, await TlsFront.start(relay), { '127.0.0.1': await EchoPeer.start('127.0.0.1'), '::1': await EchoPeer.start('::1') });
    t.after(() => stage.close());
    return stage;
  }

  async run(scenario: Scenario): Promise<void> {
    const { words = [], length = 100, server = '127.0.0.1', transport = 'udp', relays = 'udp', peer = '127.0.0.1', relayedFamily } = scenario;
    const { username, password, grant } = this.relay.admit({ userId: scenario.name, expiresAt: Date.now() + 7 * 86_400_000 });
    const credential = scenario.credential === 'fromSecret' ? ['-u', grant.credentialId, '-W', secret] : ['-u', username, '-w', password];
    const echo = this.peers[peer];
    const towards = echo === undefined ? [] : ['-e', echo.host, '-r', String(echo.port)];
    const port = String(transport !== 'tls' ? this.relay.port : scenario.ownTls === undefined ? this.front.tunnelPort : this.front.port);
    const { code, output } = await runCoturn('turnutils_uclient', [...words, '-l', String(length), ...credential, ...towards, '-p', port, server]);
    const counts = uclientCounts(output);
    assert.ok(code === 0 && counts !== undefined, output);
    assert.ok(counts.sent >= 5 && counts.received > 0 && counts.received + counts.lost === counts.sent, output);
    if (scenario.ownTls === undefined) assert.equal(counts.lost, 0, output);
    const stops = await this.stopsOf(grant);
    checkLedger(stops, counts.sent, length, echo);
    for (const { clientTransport, peerTransport, relayedAddresses } of stops) {
      assert.deepEqual([clientTransport, peerTransport], [transport, relays]);
      const families = relayedAddresses.map((address) => (address.startsWith('[') ? 6 : 4)).sort();
      if (relayedFamily !== undefined) assert.deepEqual(families, relayedFamily === 'dual' ? [4, 6] : [relayedFamily]);
    }
  }

  /** Ends what is left of a credential, and gives the last row of each of its allocations. */
  async stopsOf(grant: RelayGrant): Promise<readonly RelayUsageEvent[]> {
    this.relay.plane.revoke(grant.credentialId);
    const of = (kind: RelayUsageEvent['kind']) => (event: RelayUsageEvent): boolean => event.kind === kind && event.grant.credentialId === grant.credentialId;
    // Every start was told before the client had its answer.
    const started = this.relay.mailbox.usage.filter(of('started')).length;
    const stops = await this.relay.usageOf(of('stopped'), started);
    assert.equal(stops.length, started);
    return stops;
  }

  private async close(): Promise<void> {
    for (const peer of Object.values(this.peers)) peer.close();
    this.front.close();
    await this.relay.close();
  }
}

const withoutKernel = skipWithout(absenceOf(loadKernel('udp')));

coturnTest("coturn's client gets through in every way, loses nothing, and the ledger agrees to the byte", async (t) => {
  const stage = await Stage.start(t);
  await Promise.all(scenarios.map((scenario) => t.test(scenario.name, { skip: scenario.kernel === 'native' ? withoutKernel : false }, () => stage.run(scenario))));
  assert.equal(stage.relay.plane.statistics().faults, 0);
});

coturnTest('a peer that connects by itself to a TCP relay', async (t) => {
  const { relay } = await Stage.start(t);
  const { username, password, grant } = relay.admit();
  const { code, output } = await runCoturn('turnutils_uclient', ['-P', '-u', username, '-w', password, '-p', String(relay.port), '127.0.0.1']);
  // The other half it sends as the peer, without TURN, and does not count what arrives there.
  const counts = uclientCounts(output);
  assert.ok(code === 0 && counts !== undefined && counts.sent === 10 && counts.received === 5, output);
  relay.plane.revoke(grant.credentialId);
  const stops = await relay.usageOf(({ kind }) => kind === 'stopped', 2);
  const bytes = stops.map(({ totals }) => [totals.toPeerBytes, totals.toClientBytes]);
  assert.deepEqual(bytes.toSorted(([a = 0], [b = 0]) => a - b), [[0, 0], [500, 500]]);
});

coturnTest("coturn's client is refused what it must not have, and says why", async (t) => {
  const stage = await Stage.start(t);
  const { relay } = stage;
  const known = relay.admit({ userId: 'bob' });
  const run = async (username: string, password: string, ...words: readonly string[]) => runCoturn('turnutils_uclient', ['-u', username, '-w', password, ...words, '-p', String(relay.port), '127.0.0.1']);
  const cases: ReadonlyArray<readonly [string, Promise<{ readonly code: number | null; readonly output: string }>, RegExp]> = [
    ['a wrong password', run(known.username, 'guess', '-y'), /Cannot complete Allocation/],
    ['a credential that was never admitted', run('1999999999:nobody', 'guess', '-y'), /Cannot complete Allocation/],
    ['an expired credential', run(...credentialOf(relay, { expiresAt: Date.now() - 1000 }), '-y'), /Cannot complete Allocation/],
    ['a channel bound twice', run(...credentialOf(relay, {}), '-N', '-e', '127.0.0.1'), /channel bind: error 400/],
    ['a quota used up', run(...credentialOf(relay, { userId: 'carol' }), '-y', '-m', '70'), /error 486/],
    ['a metadata address', run(...credentialOf(relay, {}), '-e', '169.254.169.254'), /channel bind: error 403|create permission error 403|error 403/],
  ];
  for (const [name, ended, said] of cases) {
    const { code, output } = await ended;
    assert.notEqual(code, 0, name);
    assert.match(output, said, name);
  }
  const refused = relay.mailbox.usage.filter(({ grant }) => grant.userId === 'bob');
  assert.deepEqual(refused, []);
  await stage.run({ name: 'afterwards' });
});

coturnTest("what coturn's client garbles or leaves behind disturbs nobody", async (t) => {
  const stage = await Stage.start(t);
  const { relay } = stage;
  const noise = async (...words: readonly string[]) => {
    const [username, password] = credentialOf(relay, { userId: 'noise' });
    // With -R it waits for ever where its garbled request gets no answer, from coturn's server as well.
    return runCoturn('turnutils_uclient', [...words, '-u', username, '-w', password, '-y', '-p', String(relay.port), '127.0.0.1'], 4000);
  };
  const noises = [['-R'], ['-R', '-t'], ['-R'], ['-O'], ['-O', '-t'], ['-B', '-t'], ['-B']].map((words) => noise(...words));
  await Promise.all([stage.run({ name: 'meanwhile' }), stage.run({ name: 'meanwhile over TCP', words: ['-t'], transport: 'tcp' }), ...noises]);
  await stage.run({ name: 'afterwards' });
  assert.equal(relay.plane.statistics().faults, 0);
});

coturnTest("coturn's STUN clients learn their address and that there is no NAT", async (t) => {
  // A second port makes turnutils_stunclient wait for an answer at a RESPONSE-PORT of its own, which RFC 5780 leaves to the server: 420 here.
  const onePort = await TestRelayPlane.start({ listenAddresses: ['127.0.0.1'], ports: [0] });
  const twoPorts = await TestRelayPlane.start({ listenAddresses: ['127.0.0.1'] });
  t.after(() => Promise.all([onePort.close(), twoPorts.close()]));
  const told = await runCoturn('turnutils_stunclient', ['-p', String(onePort.port), '127.0.0.1']);
  assert.match(told.output, /UDP reflexive addr: 127\.0\.0\.1:\d+/);
  const { code, output } = await runCoturn('turnutils_natdiscovery', ['-m', '-f', '-p', String(twoPorts.port), '127.0.0.1']);
  assert.equal(code, 0, output);
  assert.match(output, /Endpoint Independent Mapping!/);
  assert.match(output, /Endpoint Independent Filtering!/);
});

/** Rows, client and peer counted the same: what was sent went to the peer, and what the peer sent back went to the client. TCP has no packets. */
function checkLedger(stops: readonly RelayUsageEvent[], sent: number, length: number, echo: EchoPeer | undefined): void {
  const sum = (of: (event: RelayUsageEvent) => number): number => stops.reduce((total, event) => total + of(event), 0);
  const bytes = [sum(({ totals }) => totals.toPeerBytes), sum(({ totals }) => totals.toClientBytes)];
  const packets = [sum(({ totals }) => totals.toPeerPackets), sum(({ totals }) => totals.toClientPackets)];
  const isTcp = stops.some(({ peerTransport }) => peerTransport === 'tcp');
  assert.deepEqual(packets, isTcp ? [0, 0] : [sent, sent]);
  if (length > 0) assert.deepEqual(bytes, [sent * length, sent * length]);
  if (echo === undefined) return;
  const seen = echo.exchangedWith(stops.flatMap(({ relayedAddresses }) => relayedAddresses));
  assert.deepEqual([...packets, ...bytes], [seen.receivedPackets, seen.sentPackets, seen.receivedBytes, seen.sentBytes]);
}

function credentialOf(relay: TestRelayPlane, grant: Partial<RelayGrant>): readonly [string, string] {
  const { username, password } = relay.admit(grant);
  return [username, password];
}
