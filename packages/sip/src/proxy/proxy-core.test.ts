import assert from 'node:assert/strict';
import { test } from 'node:test';
import { census } from '@dialplane/sansio';
import { textOf } from '../message/test-messages.ts';
import { writeSipMessage } from '../message/write-sip-message.ts';
import { alice, aliceSends, answer, describe, flowWith, sentRequests, sentResponses, TestProxy } from './test-proxy.ts';

const bob = flowWith('192.0.2.2');
const carol = flowWith('192.0.2.3');

test('a call passes with Via, Record-Route and Max-Forwards as RFC 3261 §16.6 has them, and the way back is the way of the Vias', () => {
  const proxy = new TestProxy();
  const [invite] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2', ['X-Odd', 'as;it,is']), alice));
  assert.ok(invite);
  const text = textOf(writeSipMessage(invite));
  assert.match(text, /^INVITE sip:bob@192\.0\.2\.2 SIP\/2\.0\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.100:5060;branch=z9hG4bKp[0-9a-z]+;rport\r\nVia: SIP\/2\.0\/UDP 192\.0\.2\.1:5060;branch=z9hG4bKalice1\r\n/);
  assert.match(text, /\r\nMax-Forwards: 69\r\n/);
  assert.match(text, /Record-Route: <sip:192\.0\.2\.100;lr>\r\n/);
  assert.match(text, /\r\nX-Odd: as;it,is\r\n/);
  const [ringing] = sentResponses(proxy.receive(answer(invite, 180), bob));
  assert.deepEqual(ringing?.headers.all('Via'), ['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKalice1']);
  assert.equal(describe(proxy.receive(answer(invite, 200), bob)), '200 > 192.0.2.1:5060');
  // Each 2xx is passed on, also when it comes again (RFC 6026).
  assert.equal(describe(proxy.receive(answer(invite, 200), bob)), '200 > 192.0.2.1:5060');
  const ack = aliceSends('ACK', 'sip:bob@192.0.2.2', ['Route', '<sip:192.0.2.100;lr>'], ['To', '<sip:bob@proxy.example.com>;tag=b1'], ['Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKalice2'], ['CSeq', '1 ACK']);
  const [acked] = sentRequests(proxy.receive(ack, alice));
  assert.equal(acked?.headers.has('Route'), false);
  const [repeated] = sentRequests(proxy.receive(ack, alice));
  assert.equal(repeated?.headers.first('Via'), acked?.headers.first('Via'), 'a repeated ACK is the same again');
});

test('100 goes no further, and is sent by itself where nothing else comes for 200 ms', () => {
  const proxy = new TestProxy();
  const [invite] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice));
  assert.ok(invite);
  assert.equal(describe(proxy.receive(answer(invite, 100), bob)), '');
  assert.equal(describe(proxy.wait(250)), '100 > 192.0.2.1:5060');
  assert.equal(describe(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice)), '100 > 192.0.2.1:5060', 'the same INVITE again');
});

test('what must not be forwarded is refused without a transaction: scheme, Max-Forwards, Proxy-Require, loops', () => {
  const proxy = new TestProxy();
  assert.equal(describe(proxy.receive(aliceSends('INVITE', 'nobodyknows:bob'), alice)), '416 > 192.0.2.1:5060');
  assert.equal(describe(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2', ['Max-Forwards', '0']), alice)), '483 > 192.0.2.1:5060');
  const [refusal] = sentResponses(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2', ['Proxy-Require', 'teleport, noodles']), alice));
  assert.equal(refusal?.status, 420);
  assert.deepEqual(refusal?.headers.all('Unsupported'), ['teleport', 'noodles']);
  const [invite] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2', ['CSeq', '2 INVITE'], ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa2']), alice));
  assert.ok(invite);
  // Somebody sends it back with a Via of theirs on top: the same Request-URI has looped, another one spirals (RFC 5393 §4.2.2).
  invite.headers.prepend('Via', 'SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKback');
  assert.equal(describe(proxy.receive(invite, bob)), '482 > 192.0.2.2:5060');
  const spiral = { ...invite, uri: 'sip:carol@192.0.2.3' };
  assert.equal(describe(proxy.receive(spiral, bob)), 'INVITE sip:carol@192.0.2.3 > 192.0.2.3:5060');
  assert.equal(proxy.core.statistics.serverTransactions, 2);
});

test('the same refusal has the same tag, and its ACK goes nowhere', () => {
  const proxy = new TestProxy();
  proxy.decision = ({ request }) => (request.method === 'ACK' ? { kind: 'drop' } : { kind: 'respond', status: 403 });
  const first = sentResponses(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice));
  const second = sentResponses(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice));
  assert.equal(first[0]?.headers.first('To'), second[0]?.headers.first('To'));
  assert.equal(describe(proxy.receive(aliceSends('ACK', 'sip:bob@192.0.2.2'), alice)), '');
  assert.equal(proxy.core.statistics.serverTransactions, 0);
});

test('answers go where RFC 3581 says: to the source with rport, to the port of sent-by without', () => {
  const proxy = new TestProxy();
  proxy.decision = () => ({ kind: 'respond', status: 200 });
  const nat = flowWith('203.0.113.7', 'udp', 40_000);
  const [asked] = sentResponses(proxy.receive(aliceSends('OPTIONS', 'sip:192.0.2.100', ['Via', 'SIP/2.0/UDP 10.0.0.1:5062;rport;branch=z9hG4bKn']), nat));
  assert.equal(asked?.headers.first('Via'), 'SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKn;received=203.0.113.7;rport=40000');
  const outputs = proxy.receive(aliceSends('OPTIONS', 'sip:192.0.2.100', ['Via', 'SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bKn']), nat);
  assert.equal(describe(outputs), '200 > 203.0.113.7:5062');
});

test('strict routers get what they expect on both sides (RFC 3261 §16.4, §16.6 item 6)', () => {
  const proxy = new TestProxy();
  const fromStrict = aliceSends('BYE', 'sip:192.0.2.100;lr', ['Route', '<sip:192.0.2.3;lr>, <sip:bob@192.0.2.2>']);
  const [loose] = sentRequests(proxy.receive(fromStrict, alice));
  assert.equal(loose?.uri, 'sip:bob@192.0.2.2');
  assert.deepEqual(loose?.headers.all('Route'), ['<sip:192.0.2.3;lr>']);
  const toStrict = aliceSends('BYE', 'sip:bob@192.0.2.2', ['Route', '<sip:192.0.2.100;lr>, <sip:192.0.2.3>'], ['CSeq', '3 BYE'], ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa3']);
  const outputs = proxy.receive(toStrict, alice);
  assert.equal(describe(outputs), 'BYE sip:192.0.2.3 > 192.0.2.3:5060');
  assert.deepEqual(sentRequests(outputs)[0]?.headers.all('Route'), ['<sip:bob@192.0.2.2>']);
});

test('of several telephones the first to answer wins, and the others are cancelled', () => {
  const proxy = new TestProxy();
  proxy.targets = [{ uri: 'sip:bob@192.0.2.2' }, { uri: 'sip:bob@192.0.2.3' }];
  const [first, second] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@proxy.example.com'), alice));
  assert.ok(first && second);
  assert.equal(first.headers.first('Max-Breadth'), '30');
  assert.equal(describe(proxy.receive(answer(second, 180), carol)), '180 > 192.0.2.1:5060');
  assert.equal(describe(proxy.receive(answer(first, 200), bob)), '200 > 192.0.2.1:5060; CANCEL sip:bob@192.0.2.3 > 192.0.2.3:5060');
  assert.equal(describe(proxy.receive(answer(second, 487), carol)), 'ACK sip:bob@192.0.2.3 > 192.0.2.3:5060');
});

test('a branch that has not answered provisionally is cancelled as soon as it has', () => {
  const proxy = new TestProxy();
  proxy.targets = [{ uri: 'sip:bob@192.0.2.2' }, { uri: 'sip:bob@192.0.2.3' }];
  const [first, second] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@proxy.example.com'), alice));
  assert.ok(first && second);
  assert.equal(describe(proxy.receive(answer(first, 200), bob)), '200 > 192.0.2.1:5060');
  assert.equal(describe(proxy.receive(answer(second, 100), carol)), 'CANCEL sip:bob@192.0.2.3 > 192.0.2.3:5060');
});

test('the best of what came back is the answer: 6xx, then the lowest class, then what says how to try again', () => {
  for (const [statuses, best] of [[[486, 603], 603], [[503, 404], 404], [[486, 407], 407], [[404, 486], 404], [[302, 486], 302], [[503, 503], 503]] as const) {
    const proxy = new TestProxy();
    proxy.targets = [{ uri: 'sip:bob@192.0.2.2', flow: bob }, { uri: 'sip:bob@192.0.2.3', flow: carol }];
    const sent = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@proxy.example.com'), alice));
    const outputs = sent.flatMap((request, at) => proxy.receive(answer(request, statuses[at] ?? 0), at === 0 ? bob : carol));
    assert.deepEqual(outputs.flatMap((output) => (output.kind === 'send' && output.message.kind === 'response' ? [output.message.status] : [])), [best], statuses.join());
  }
});

test('challenges of all branches are answered together (RFC 3261 §16.7 item 7)', () => {
  const proxy = new TestProxy();
  proxy.targets = [{ uri: 'sip:bob@192.0.2.2' }, { uri: 'sip:bob@192.0.2.3' }];
  const [first, second] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@proxy.example.com'), alice));
  assert.ok(first && second);
  const challenges = [answer(first, 407), answer(second, 401)] as const;
  challenges[0].headers.add('Proxy-Authenticate', 'Digest realm="a", nonce="1"');
  challenges[1].headers.add('WWW-Authenticate', 'Digest realm="b", nonce="2"');
  proxy.receive(challenges[0], bob);
  const outputs = proxy.receive(challenges[1], carol).filter((output) => output.kind === 'send' && output.message.kind === 'response');
  const [best] = sentResponses(outputs);
  assert.equal(best?.status, 407);
  assert.deepEqual([best?.headers.all('Proxy-Authenticate'), best?.headers.all('WWW-Authenticate')], [['Digest realm="a", nonce="1"'], ['Digest realm="b", nonce="2"']]);
});

test('targets of a lower q are tried when all before have failed', () => {
  const proxy = new TestProxy();
  proxy.targets = [{ uri: 'sip:bob@192.0.2.3', q: 300 }, { uri: 'sip:bob@192.0.2.2', q: 900 }];
  const [first] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@proxy.example.com'), alice));
  assert.ok(first);
  assert.equal(describe(proxy.receive(answer(first, 480), bob)), 'ACK sip:bob@192.0.2.2 > 192.0.2.2:5060; INVITE sip:bob@192.0.2.3 > 192.0.2.3:5060');
});

test('CANCEL is answered at once, ends what rings, and the INVITE with 487; an unknown one gets 481', () => {
  const proxy = new TestProxy();
  const [invite] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice));
  assert.ok(invite);
  proxy.receive(answer(invite, 180), bob);
  const cancel = aliceSends('CANCEL', 'sip:bob@192.0.2.2', ['Reason', 'SIP;cause=200;text="Call completed elsewhere"']);
  const outputs = proxy.receive(cancel, alice);
  assert.equal(describe(outputs), '200 > 192.0.2.1:5060; CANCEL sip:bob@192.0.2.2 > 192.0.2.2:5060');
  const sent = outputs[1];
  assert.ok(sent?.kind === 'send');
  assert.equal(sent.message.headers.first('Via'), invite.headers.first('Via'));
  assert.equal(sent.message.headers.first('Reason'), 'SIP;cause=200;text="Call completed elsewhere"');
  assert.equal(describe(proxy.receive(cancel, alice)), '200 > 192.0.2.1:5060', 'the same CANCEL again');
  assert.equal(describe(proxy.receive(answer(invite, 487), bob)), 'ACK sip:bob@192.0.2.2 > 192.0.2.2:5060; 487 > 192.0.2.1:5060');
  const unknown = aliceSends('CANCEL', 'sip:bob@192.0.2.2', ['Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother']);
  assert.equal(describe(proxy.receive(unknown, alice)), '481 > 192.0.2.1:5060');
});

test('what is looked up is asked for, and the next address is tried where one fails (RFC 3263 §4.3)', () => {
  const proxy = new TestProxy();
  assert.equal(describe(proxy.receive(aliceSends('INVITE', 'sip:bob@example.com'), alice)), 'resolve sip:bob@example.com 0');
  const [invite] = sentRequests(proxy.resolve(1, bob));
  assert.ok(invite);
  assert.equal(describe(proxy.receive(answer(invite, 503), bob)), 'ACK sip:bob@example.com > 192.0.2.2:5060; resolve sip:bob@example.com 1');
  const [again] = sentRequests(proxy.resolve(2, carol));
  assert.ok(again);
  assert.notEqual(again.headers.first('Via'), invite.headers.first('Via'), 'another branch');
  const waited = describe(proxy.wait(33_000)).split('; ');
  assert.equal(waited.at(-1), 'resolve sip:bob@example.com 2');
  assert.equal(describe(proxy.resolve(3, undefined)), '408 > 192.0.2.1:5060');
});

test('a next hop that says nothing is given up sooner where that is wanted; one that has said 100 is left to ring', () => {
  const proxy = new TestProxy();
  proxy.targets = [{ firstResponseMs: 6000 }];
  proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice);
  assert.equal(describe(proxy.wait(6000)), `100 > 192.0.2.1:5060; ${'INVITE sip:bob@192.0.2.2 > 192.0.2.2:5060; '.repeat(3)}resolve sip:bob@192.0.2.2 1`);
  const [timedOut] = sentResponses(proxy.resolve(1, undefined));
  assert.deepEqual([timedOut?.status, timedOut?.headers.first('Warning')], [408, '399 dialplane-proxy "Nothing was heard from where the call was sent."']);
  const slow = new TestProxy();
  slow.targets = proxy.targets;
  const [invite] = sentRequests(slow.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice));
  assert.ok(invite);
  slow.receive(answer(invite, 100), bob);
  assert.deepEqual(sentResponses(slow.wait(60_000)).map(({ status }) => status), [100]);
});

test('where datagrams do not arrive the next address is tried at once; who has answered is not given up', () => {
  const proxy = new TestProxy();
  proxy.receive(aliceSends('INVITE', 'sip:bob@example.com'), alice);
  const [invite] = sentRequests(proxy.resolve(1, bob));
  assert.ok(invite);
  proxy.core.handle({ kind: 'unreachable', flow: carol }, proxy.now);
  assert.equal(describe(proxy.drain()), '', 'another address');
  proxy.core.handle({ kind: 'unreachable', flow: bob }, proxy.now);
  assert.equal(describe(proxy.drain()), 'resolve sip:bob@example.com 1');
  const [again] = sentRequests(proxy.resolve(2, carol));
  assert.ok(again);
  proxy.receive(answer(again, 180), carol);
  proxy.core.handle({ kind: 'unreachable', flow: carol }, proxy.now);
  assert.equal(describe(proxy.drain()), '');
});

test('an address that leads nowhere is 503; a call that is cancelled meanwhile is 487', () => {
  const proxy = new TestProxy();
  proxy.receive(aliceSends('INVITE', 'sip:bob@example.com'), alice);
  assert.equal(describe(proxy.resolve(1, undefined)), '503 > 192.0.2.1:5060');
  const other = new TestProxy();
  other.receive(aliceSends('INVITE', 'sip:bob@example.com'), alice);
  assert.equal(describe(other.receive(aliceSends('CANCEL', 'sip:bob@example.com'), alice)), '200 > 192.0.2.1:5060; 487 > 192.0.2.1:5060');
  assert.equal(describe(other.resolve(1, bob)), '', 'nobody is called any more');
});

test('a telephone that rings for three minutes is cancelled (timer C), and nothing is left of a thousand calls', () => {
  const proxy = new TestProxy();
  const empty = census(proxy.core);
  const [invite] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2'), alice));
  assert.ok(invite);
  proxy.receive(answer(invite, 180), bob);
  assert.equal(describe(proxy.wait(180_000)), '');
  assert.equal(describe(proxy.wait(20_000)).split('; ')[0], 'CANCEL sip:bob@192.0.2.2 > 192.0.2.2:5060');
  proxy.receive(answer(invite, 487), bob);
  for (let call = 0; call < 1000; call += 1) {
    const [next] = sentRequests(proxy.receive(aliceSends('INVITE', 'sip:bob@192.0.2.2', ['Via', `SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKc${call}`], ['Call-ID', `c${call}`]), alice));
    assert.ok(next);
    proxy.receive(answer(next, call % 2 === 0 ? 200 : 486), bob);
  }
  proxy.wait(200_000);
  assert.deepEqual(proxy.core.statistics, { clientTransactions: 0, serverTransactions: 0, strayResponses: 0, refusedRequests: 0 });
  assert.ok(census(proxy.core) <= empty + 4, `${census(proxy.core)} things are kept, ${empty} at first`);
});
