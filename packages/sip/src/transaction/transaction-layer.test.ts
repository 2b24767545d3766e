import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, type Instant } from '@dialplane/sansio';
import type { SipMessage, SipRequest, SipResponse } from '../message/sip-message.ts';
import { answerTo, flowOver, requestOf } from './test-messages.ts';
import { TransactionLayer } from './transaction-layer.ts';
import type { ClientTransaction, ServerTransaction, TransactionOutput } from './transaction-output.ts';

type Output = TransactionOutput<string, string>;
type Layer = TransactionLayer<string, string>;

function drain(layer: Layer): Output[] {
  const outputs: Output[] = [];
  for (let output = layer.poll(); output !== undefined; output = layer.poll()) outputs.push(output);
  return outputs;
}

/** What came out, in short: `> INVITE`, `> 200` for what is sent, `response 200`, `request INVITE`, … for what is told. */
function told(layer: Layer): string[] {
  return drain(layer).map((output) => {
    if (output.kind === 'send') return `> ${nameOf(output.message)}`;
    if (output.kind === 'response') return `response ${output.response.status}`;
    if (output.kind === 'request') return `request ${output.transaction.request.method}${output.cancels === undefined ? '' : ' of a known INVITE'}`;
    return output.kind;
  });
}

function nameOf(message: SipMessage): string {
  return message.kind === 'request' ? message.method : String(message.status);
}

/** Lets time pass until `until`; every instant at which something came out, with what it was. */
function pass(layer: Layer, until: number): Array<[number, ...string[]]> {
  const happened: Array<[number, ...string[]]> = [];
  for (let at = layer.pollTimeout(); at !== undefined && at <= until; at = layer.pollTimeout()) {
    layer.handleTimeout(at);
    const outputs = told(layer);
    if (outputs.length > 0) happened.push([at, ...outputs]);
  }
  return happened;
}

function started(layer: Layer, request: SipRequest, transport: 'udp' | 'tcp' = 'udp'): ClientTransaction<string> {
  const transaction = layer.request(request, request.headers.first('Via')?.split('branch=')[1] ?? '', flowOver(transport), 'owner', instant(0));
  assert.deepEqual(told(layer), [`> ${request.method}`]);
  return transaction;
}

function received(layer: Layer, message: SipMessage, now = 0, transport: 'udp' | 'tcp' = 'udp'): string[] {
  layer.handle({ kind: 'received', message, flow: flowOver(transport) }, instant(now));
  return told(layer);
}

function accepted(layer: Layer, request: SipRequest, transport: 'udp' | 'tcp' = 'udp'): ServerTransaction<string> {
  layer.handle({ kind: 'received', message: request, flow: flowOver(transport) }, instant(0));
  const [output, ...rest] = drain(layer);
  assert.ok(output?.kind === 'request');
  assert.deepEqual(rest, []);
  return output.transaction;
}

function respond(layer: Layer, transaction: ServerTransaction<string>, response: SipResponse, now: Instant | number = 0): string[] {
  layer.respond(transaction, response, instant(now));
  return told(layer);
}

function sizes(layer: Layer): [number, number] {
  const { clientTransactions, serverTransactions } = layer.statistics;
  return [clientTransactions, serverTransactions];
}

const branch = 'z9hG4bK74bf9';

test('an INVITE over UDP is sent seven times in 32 seconds, then given up (timers A and B)', () => {
  const layer: Layer = new TransactionLayer();
  const transaction = started(layer, requestOf('INVITE', branch));
  assert.equal(transaction.owner, 'owner');
  assert.deepEqual(pass(layer, 100_000), [
    [500, '> INVITE'],
    [1500, '> INVITE'],
    [3500, '> INVITE'],
    [7500, '> INVITE'],
    [15_500, '> INVITE'],
    [31_500, '> INVITE'],
    [32_000, 'timedOut'],
  ]);
  assert.deepEqual(sizes(layer), [0, 0]);
  assert.equal(layer.pollTimeout(), undefined);
});

test('a request over a reliable flow is sent once, and given up as late', () => {
  for (const method of ['INVITE', 'BYE']) {
    const layer: Layer = new TransactionLayer();
    started(layer, requestOf(method, branch), 'tcp');
    assert.deepEqual(pass(layer, 100_000), [[32_000, 'timedOut']]);
    assert.deepEqual(sizes(layer), [0, 0]);
  }
});

test('a request other than INVITE is sent eleven times at most (timers E and F)', () => {
  const layer: Layer = new TransactionLayer();
  started(layer, requestOf('OPTIONS', branch));
  const sent = pass(layer, 100_000);
  assert.deepEqual(sent.map(([at]) => at), [500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500, 32_000]);
  assert.deepEqual(sent.at(-1), [32_000, 'timedOut']);
});

test('from a provisional response on a request is repeated every 4 seconds', () => {
  const layer: Layer = new TransactionLayer();
  const request = requestOf('OPTIONS', branch);
  started(layer, request);
  assert.deepEqual(received(layer, answerTo(request, 100), 100), ['response 100']);
  assert.deepEqual(pass(layer, 9000), [[4100, '> OPTIONS'], [8100, '> OPTIONS']]);
  assert.deepEqual(received(layer, answerTo(request, 200), 9000), ['response 200']);
  assert.deepEqual(received(layer, answerTo(request, 200), 9100), []);
  assert.deepEqual(sizes(layer), [1, 0]);
  assert.deepEqual(pass(layer, 14_000), []);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('a final response other than 2xx is acknowledged on its hop, as often as it comes (timer D)', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch, 'Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>');
  started(layer, invite);
  assert.deepEqual(received(layer, answerTo(invite, 180), 50), ['response 180']);
  layer.handle({ kind: 'received', message: answerTo(invite, 486), flow: flowOver('udp') }, instant(100));
  const [ack, response] = drain(layer);
  assert.ok(ack?.kind === 'send' && ack.message.kind === 'request' && response?.kind === 'response');
  assert.equal(ack.message.uri, invite.uri);
  assert.deepEqual([...ack.message.headers.entries()], [
    ['Via', `SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`],
    ['Route', '<sip:p1.example.com;lr>, <sip:p2.example.com;lr>'],
    ['Max-Forwards', '70'],
    ['From', '<sip:alice@atlanta.example.com>;tag=9fxced76sl'],
    ['To', '<sip:bob@biloxi.example.com>;tag=8321234356'],
    ['Call-ID', '3848276298220188511@atlanta.example.com'],
    ['CSeq', '1 ACK'],
  ]);
  assert.deepEqual(received(layer, answerTo(invite, 486), 600), ['> ACK']);
  assert.deepEqual(pass(layer, 32_499), []);
  assert.deepEqual(sizes(layer), [1, 0]);
  assert.deepEqual(pass(layer, 32_500), []);
  assert.deepEqual(sizes(layer), [0, 0]);
  assert.deepEqual(received(layer, answerTo(invite, 486), 33_000), []);
  assert.equal(layer.statistics.strayResponses, 1);
});

test('each 2xx to an INVITE reaches the core, also from other branches of a fork, for 32 seconds (RFC 6026, timer M)', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  started(layer, invite, 'tcp');
  assert.deepEqual(received(layer, answerTo(invite, 200), 100), ['response 200']);
  assert.deepEqual(received(layer, answerTo(invite, 200), 600), ['response 200']);
  assert.deepEqual(received(layer, answerTo(invite, 200, 'other'), 700), ['response 200']);
  assert.deepEqual(received(layer, answerTo(invite, 486), 800), []);
  assert.deepEqual(pass(layer, 32_500), []);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('CANCEL waits for a provisional response, shares the branch, and ends the INVITE when nothing comes', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  const transaction = started(layer, invite);
  assert.ok(transaction.kind === 'inviteClient');
  assert.equal(layer.cancel(transaction, instant(10)), false);
  received(layer, answerTo(invite, 180), 100);
  assert.equal(layer.cancel(transaction, instant(200), 'SIP ;cause=200 ;text="Call completed elsewhere"'), true);
  assert.equal(layer.cancel(transaction, instant(200)), true);
  const [output, ...rest] = drain(layer);
  assert.deepEqual(rest, []);
  assert.ok(output?.kind === 'send' && output.message.kind === 'request');
  assert.deepEqual(output.message.headers.all('Via'), [`SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`]);
  assert.equal(output.message.headers.first('CSeq'), '1 CANCEL');
  assert.equal(output.message.headers.first('Reason'), 'SIP ;cause=200 ;text="Call completed elsewhere"');
  assert.deepEqual(received(layer, answerTo(output.message, 200), 250), []);
  assert.deepEqual(pass(layer, 40_000), [[32_200, 'timedOut']]);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('the answer to a cancelled INVITE is its final response', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  const transaction = started(layer, invite);
  received(layer, answerTo(invite, 180), 100);
  assert.ok(transaction.kind === 'inviteClient' && layer.cancel(transaction, instant(200)));
  drain(layer);
  assert.deepEqual(received(layer, answerTo(invite, 487), 300), ['> ACK', 'response 487']);
});

test('a request that cannot be sent ends its transaction', () => {
  const layer: Layer = new TransactionLayer();
  const transaction = started(layer, requestOf('INVITE', branch), 'tcp');
  layer.handle({ kind: 'sendFailed', transaction }, instant(1));
  assert.deepEqual(told(layer), ['sendFailed']);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('an INVITE whose core is slow is answered 100 after 200 ms, and its repetitions what was said last', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  const transaction = accepted(layer, invite);
  assert.deepEqual(received(layer, invite, 100), []);
  assert.deepEqual(pass(layer, 1000), [[200, '> 100']]);
  assert.deepEqual(received(layer, invite, 500), ['> 100']);
  assert.deepEqual(respond(layer, transaction, answerTo(invite, 180), 600), ['> 180']);
  assert.deepEqual(received(layer, invite, 700), ['> 180']);
  assert.deepEqual(pass(layer, 100_000), []);
});

test('a refusal is repeated until its ACK, which is absorbed (timers G, H and I)', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  const transaction = accepted(layer, invite);
  assert.deepEqual(respond(layer, transaction, answerTo(invite, 486)), ['> 486']);
  assert.deepEqual(respond(layer, transaction, answerTo(invite, 480)), []);
  assert.deepEqual(received(layer, invite, 100), ['> 486']);
  assert.deepEqual(pass(layer, 8000), [[500, '> 486'], [1500, '> 486'], [3500, '> 486'], [7500, '> 486']]);
  assert.deepEqual(received(layer, requestOf('ACK', branch), 8000), []);
  assert.deepEqual(received(layer, requestOf('ACK', branch), 8100), []);
  assert.deepEqual(received(layer, invite, 8200), []);
  assert.deepEqual(pass(layer, 12_999), []);
  assert.deepEqual(sizes(layer), [0, 1]);
  pass(layer, 13_000);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('a refusal that is never acknowledged is told after 32 seconds', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  respond(layer, accepted(layer, invite, 'tcp'), answerTo(invite, 486));
  assert.deepEqual(pass(layer, 100_000), [[32_000, 'ackMissing']]);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('a 2xx is repeated by the core alone; repetitions of the INVITE are absorbed and ACKs passed on (RFC 6026, timer L)', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', branch);
  const transaction = accepted(layer, invite);
  assert.deepEqual(respond(layer, transaction, answerTo(invite, 200)), ['> 200']);
  assert.deepEqual(received(layer, invite, 500), []);
  assert.deepEqual(respond(layer, transaction, answerTo(invite, 200), 500), ['> 200']);
  assert.deepEqual(received(layer, requestOf('ACK', branch), 600), ['ack']);
  assert.deepEqual(received(layer, requestOf('ACK', 'z9hG4bKanother'), 700), ['ack']);
  assert.deepEqual(pass(layer, 32_000), []);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('a request other than INVITE is handed over once, and its repetitions answered alike (timer J)', () => {
  const layer: Layer = new TransactionLayer();
  const request = requestOf('BYE', branch);
  const transaction = accepted(layer, request);
  assert.deepEqual(received(layer, request, 100), []);
  assert.deepEqual(respond(layer, transaction, answerTo(request, 200), 150), ['> 200']);
  assert.deepEqual(received(layer, request, 500), ['> 200']);
  assert.deepEqual(pass(layer, 32_499), []);
  assert.deepEqual(sizes(layer), [0, 1]);
  pass(layer, 32_500);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('what the core never answers is forgotten when nobody waits for it any more', () => {
  const layer: Layer = new TransactionLayer();
  accepted(layer, requestOf('OPTIONS', branch));
  assert.deepEqual(pass(layer, 32_000), []);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('CANCEL comes with the INVITE that it is for, and alone where there is none', () => {
  const layer: Layer = new TransactionLayer();
  const invite = accepted(layer, requestOf('INVITE', branch));
  layer.handle({ kind: 'received', message: requestOf('CANCEL', branch), flow: flowOver('udp') }, instant(10));
  const [output] = drain(layer);
  assert.ok(output?.kind === 'request');
  assert.equal(output.cancels, invite);
  assert.deepEqual(received(layer, requestOf('CANCEL', 'z9hG4bKother')), ['request CANCEL']);
});

test('transactions are told apart by branch, sent-by and method', () => {
  const layer: Layer = new TransactionLayer();
  accepted(layer, requestOf('INVITE', branch));
  const elsewhere = requestOf('INVITE', branch);
  elsewhere.headers.set('Via', `SIP/2.0/UDP 192.0.2.9:5060;branch=${branch}`);
  accepted(layer, elsewhere);
  accepted(layer, requestOf('OPTIONS', branch));
  assert.deepEqual(sizes(layer), [0, 3]);
});

test('elements of RFC 2543 have no such branch: their transactions are told apart by what else is in the request', () => {
  const layer: Layer = new TransactionLayer();
  const invite = requestOf('INVITE', '1');
  const transaction = accepted(layer, invite);
  assert.deepEqual(received(layer, invite), []);
  respond(layer, transaction, answerTo(invite, 486));
  assert.deepEqual(received(layer, requestOf('ACK', '1'), 100), []);
  assert.deepEqual(pass(layer, 5500), []);
  assert.deepEqual(sizes(layer), [0, 0]);
});

test('a response without a transaction is dropped and counted; a request without readable Via as well', () => {
  const layer: Layer = new TransactionLayer();
  assert.deepEqual(received(layer, answerTo(requestOf('INVITE', branch), 200)), []);
  const nameless = requestOf('OPTIONS', branch);
  nameless.headers.remove('Via');
  assert.deepEqual(received(layer, nameless), []);
  assert.equal(layer.statistics.strayResponses, 1);
});

test('beyond the limit requests are answered 503 and leave nothing behind', () => {
  const layer: Layer = new TransactionLayer({ transactionLimit: 1 });
  accepted(layer, requestOf('OPTIONS', branch));
  assert.deepEqual(received(layer, requestOf('OPTIONS', 'z9hG4bKsecond')), ['> 503']);
  assert.deepEqual(sizes(layer), [0, 1]);
  assert.equal(layer.statistics.refusedRequests, 1);
});
