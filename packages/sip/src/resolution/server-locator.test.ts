import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMilliseconds, instant, seededRandomness } from '@dialplane/sansio';
import { type DnsAnswer, type DnsQuestion, type LocatorOutput, orderSrvRecords, parseSipUri, ServerLocator, type ServerLocationOptions, type SrvRecord } from '../index.ts';

const start = instant(0);

/** What a zone knows, by question. */
type Zone = Readonly<Record<string, DnsAnswer['records']>>;

/** The example of RFC 3263 §4.1, with a second family of addresses. */
const zone: Zone = {
  'NAPTR example.com': [
    { order: 100, preference: 50, flags: 's', service: 'SIP+D2U', replacement: '_sip._udp.example.com' },
    { order: 90, preference: 50, flags: 'S', service: 'sip+d2t', replacement: '_sip._tcp.example.com' },
    { order: 50, preference: 50, flags: 's', service: 'SIPS+D2T', replacement: '_sips._tcp.example.com' },
    { order: 1, preference: 1, flags: 'u', service: 'E2U+sip', replacement: '.' },
    { order: 2, preference: 1, flags: 's', service: 'SIP+D2S', replacement: '_sip._sctp.example.com' },
  ],
  'SRV _sips._tcp.example.com': [{ priority: 2, weight: 0, port: 5081, target: 'server1.example.com' }, { priority: 1, weight: 0, port: 5061, target: 'server2.example.com' }],
  'SRV _sip._tcp.example.com': [{ priority: 0, weight: 1, port: 5060, target: 'server1.example.com' }],
  'SRV _sip._udp.example.com': [{ priority: 0, weight: 1, port: 5070, target: 'server1.example.com' }],
  'A server1.example.com': ['192.0.2.1', '192.0.2.11'],
  'A server2.example.com': ['192.0.2.2'],
  'AAAA server2.example.com': ['2001:db8::2'],
  'SRV _sip._udp.srv-only.example.com': [{ priority: 0, weight: 0, port: 5090, target: 'server2.example.com' }],
  'SRV _sips._tcp.srv-only.example.com': [{ priority: 0, weight: 0, port: 5091, target: 'server2.example.com' }],
  'A plain.example.com': ['192.0.2.3'],
  'SRV _sip._tcp.gone.example.com': [{ priority: 0, weight: 0, port: 0, target: '.' }],
  'A gone.example.com': ['192.0.2.4'],
  'SRV _sip._udp.numeric.example.com': [{ priority: 0, weight: 0, port: 5060, target: '192.0.2.5' }],
};

const all: Omit<ServerLocationOptions, 'randomness'> = { transports: ['udp', 'tcp', 'tls'], families: [4, 6] };

/** Runs a locator against the zone; questions that are in `silent` are never answered. */
function locate(text: string, options: Partial<ServerLocationOptions> = {}, silent: readonly string[] = []): { readonly asked: readonly string[]; readonly result: string | readonly string[] } {
  const uri = parseSipUri(text);
  assert.ok(uri, text);
  const locator = new ServerLocator({ ...all, randomness: seededRandomness(1), ...options });
  const asked: string[] = [];
  let now = start;
  locator.handle({ kind: 'locate', uri }, now);
  for (;;) {
    const output: LocatorOutput | undefined = locator.poll();
    if (output?.kind === 'ask') {
      asked.push(keyOf(output.question));
      if (!silent.includes(keyOf(output.question))) locator.handle({ kind: 'answered', answer: answerTo(output.question) }, now);
    } else if (output === undefined) {
      const due = locator.pollTimeout();
      assert.ok(due !== undefined, 'nothing to wait for');
      now = addMilliseconds(due, 1);
      locator.handleTimeout(now);
    } else {
      assert.equal(locator.poll(), undefined);
      assert.equal(locator.pollTimeout(), undefined);
      return { asked, result: output.kind === 'failed' ? output.why : output.targets.map(({ transport, address, port, domain }) => `${transport} ${address} ${port} ${domain}`) };
    }
  }
}

function keyOf(question: DnsQuestion): string {
  return `${question.type} ${question.name}`;
}

function answerTo(question: DnsQuestion): DnsAnswer {
  return { ...question, records: zone[keyOf(question)] ?? [] } as DnsAnswer;
}

test('an address needs no name server (RFC 3263 §4.1, §4.2)', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['sip:a@192.0.2.9', 'udp 192.0.2.9 5060 192.0.2.9'],
    ['sips:a@192.0.2.9', 'tls 192.0.2.9 5061 192.0.2.9'],
    ['sip:a@[2001:DB8:0:0::9]:5070', 'udp 2001:db8::9 5070 [2001:DB8:0:0::9]'],
    ['sip:a@192.0.2.9;transport=TCP', 'tcp 192.0.2.9 5060 192.0.2.9'],
    ['sip:a@192.0.2.9;transport=tls', 'tls 192.0.2.9 5061 192.0.2.9'],
    ['sips:a@192.0.2.9:5071;transport=tcp', 'tls 192.0.2.9 5071 192.0.2.9'],
    ['sip:a@example.com;maddr=192.0.2.8', 'udp 192.0.2.8 5060 example.com'],
  ];
  for (const [uri, target] of cases) assert.deepEqual(locate(uri), { asked: [], result: [target] }, uri);
});

test('what we do not speak or reach', () => {
  for (const uri of ['sip:a@192.0.2.9;transport=sctp', 'sips:a@192.0.2.9;transport=udp']) assert.equal(locate(uri).result, 'transport', uri);
  assert.equal(locate('sips:a@192.0.2.9', { transports: ['udp'] }).result, 'transport');
  assert.equal(locate('sip:a@[2001:db8::9]', { families: [4] }).result, 'transport');
  assert.equal(locate('sip:a@example.com;transport=tls', { transports: ['udp'] }).result, 'transport');
  assert.deepEqual(locate('sips:a@example.com', { transports: ['udp', 'tcp'] }).result, 'transport');
});

test('a domain with NAPTR records: the server’s preference decides, the others are not asked for', () => {
  const located = locate('sip:user@example.com');
  assert.deepEqual(located.asked, ['NAPTR example.com', 'SRV _sips._tcp.example.com', 'A server2.example.com', 'AAAA server2.example.com', 'A server1.example.com', 'AAAA server1.example.com']);
  assert.deepEqual(located.result, ['tls 192.0.2.2 5061 example.com', 'tls 2001:db8::2 5061 example.com', 'tls 192.0.2.1 5081 example.com', 'tls 192.0.2.11 5081 example.com']);
  assert.deepEqual(locate('sip:user@example.com', { transports: ['udp', 'tcp'] }).result, ['tcp 192.0.2.1 5060 example.com', 'tcp 192.0.2.11 5060 example.com']);
  assert.deepEqual(locate('sips:user@example.com', { families: [6, 4] }).result.slice(0, 2), ['tls 2001:db8::2 5061 example.com', 'tls 192.0.2.2 5061 example.com']);
});

test('a transport in the URI skips NAPTR, a port skips SRV as well', () => {
  assert.deepEqual(locate('sip:user@example.com;transport=udp'), {
    asked: ['SRV _sip._udp.example.com', 'A server1.example.com', 'AAAA server1.example.com'],
    result: ['udp 192.0.2.1 5070 example.com', 'udp 192.0.2.11 5070 example.com'],
  });
  assert.deepEqual(locate('sip:user@plain.example.com:5080'), { asked: ['A plain.example.com', 'AAAA plain.example.com'], result: ['udp 192.0.2.3 5080 plain.example.com'] });
});

test('a domain without NAPTR: SRV for what we speak, in our order; without SRV its addresses', () => {
  assert.deepEqual(locate('sip:a@srv-only.example.com', { families: [4], transports: ['tls', 'udp'] }).result, ['tls 192.0.2.2 5091 srv-only.example.com', 'udp 192.0.2.2 5090 srv-only.example.com']);
  const plain = locate('sip:a@plain.example.com', { families: [4] });
  assert.deepEqual(plain.asked, ['NAPTR plain.example.com', 'SRV _sip._udp.plain.example.com', 'SRV _sip._tcp.plain.example.com', 'SRV _sips._tcp.plain.example.com', 'A plain.example.com']);
  assert.deepEqual(plain.result, ['udp 192.0.2.3 5060 plain.example.com']);
  assert.deepEqual(locate('sips:a@plain.example.com').result, ['tls 192.0.2.3 5061 plain.example.com']);
  assert.deepEqual(locate('sip:a@gone.example.com;transport=tcp').result, ['tcp 192.0.2.4 5060 gone.example.com']);
  assert.deepEqual(locate('sip:a@numeric.example.com;transport=udp').result, ['udp 192.0.2.5 5060 numeric.example.com']);
});

test('name servers that know nothing, or do not answer', () => {
  assert.equal(locate('sip:a@nowhere.example.com').result, 'name');
  assert.equal(locate('sip:a@plain.example.com', {}, ['NAPTR plain.example.com', 'SRV _sip._tcp.plain.example.com', 'AAAA plain.example.com']).result[0], 'udp 192.0.2.3 5060 plain.example.com');
  assert.equal(locate('sip:a@plain.example.com', {}, ['A plain.example.com', 'AAAA plain.example.com']).result, 'name');
});

test('a domain cannot make us ask or try without end, and late answers do nothing', () => {
  const records: SrvRecord[] = Array.from({ length: 5000 }, (_, index) => ({ priority: 1, weight: 1, port: 5060, target: `h${index}.example.com` }));
  const locator = new ServerLocator({ ...all, randomness: seededRandomness(1) });
  locator.handle({ kind: 'locate', uri: parseSipUri('sip:example.com;transport=udp') ?? assert.fail() }, start);
  locator.handle({ kind: 'answered', answer: { type: 'SRV', name: '_SIP._udp.example.com', records } }, start);
  locator.handle({ kind: 'answered', answer: { type: 'SRV', name: '_sip._udp.example.com', records } }, start);
  let asked = 0;
  for (let output = locator.poll(); output !== undefined; output = locator.poll()) asked += 1;
  assert.equal(asked, 1 + 2 * 16);
  locator.handleTimeout(addMilliseconds(start, 5000));
  assert.deepEqual(locator.poll(), { kind: 'failed', why: 'name' });
});

test('SRV weights: a draw in proportion, priorities always first (RFC 2782)', () => {
  const randomness = seededRandomness(7);
  const records: readonly SrvRecord[] = [
    { priority: 1, weight: 0, port: 1, target: 'zero' },
    { priority: 1, weight: 10, port: 1, target: 'ten' },
    { priority: 1, weight: 30, port: 1, target: 'thirty' },
    { priority: 0, weight: 0, port: 1, target: 'first' },
    { priority: 9, weight: 0, port: 1, target: '.' },
  ];
  const firsts = new Map<string, number>();
  for (let draw = 0; draw < 4000; draw += 1) {
    const order = orderSrvRecords(records, randomness).map((record) => record.target);
    assert.equal(order[0], 'first');
    assert.equal(order.length, 4);
    firsts.set(order[1] ?? '', (firsts.get(order[1] ?? '') ?? 0) + 1);
  }
  const [zero = 0, ten = 0, thirty = 0] = ['zero', 'ten', 'thirty'].map((target) => firsts.get(target));
  assert.ok(zero > 20 && zero < 300 && ten > 800 && ten < 1200 && thirty > 2600 && thirty < 3200, `${zero} ${ten} ${thirty}`);
});
