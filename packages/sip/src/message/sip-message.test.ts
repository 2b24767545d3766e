import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  checkSipMessage,
  parseAddress,
  parseSipMessage,
  readCSeq,
  readTopVia,
  responseTo,
  sipAddress,
  SipHeaders,
  type SipFaultCode,
  type SipRequest,
  tagOf,
  writeAddress,
  writeSipMessage,
} from '../index.ts';
import { bytesOf, inviteText, textOf } from './test-messages.ts';

function request(text = inviteText): SipRequest {
  const message = parseSipMessage(bytesOf(text));
  assert.equal(message.kind, 'request');
  return message as SipRequest;
}

test('a request is read: start line, header fields of any spelling, lists as values, body', () => {
  const invite = request();
  assert.equal(invite.method, 'INVITE');
  assert.equal(invite.uri, 'sip:+15550100@sbc.example.com:5061;transport=tls');
  assert.equal(invite.headers.first('call-id'), 'a84b4c76e66710@pc33.atlanta.example.com');
  assert.equal(invite.headers.first('I'), 'a84b4c76e66710@pc33.atlanta.example.com');
  assert.equal(invite.headers.first('x-unknown'), 'left ; as, it is');
  assert.deepEqual(invite.headers.all('k'), ['100rel', 'timer']);
  assert.equal(invite.headers.all('Via').length, 3);
  assert.deepEqual(readCSeq(invite.headers), { number: 314159, method: 'INVITE' });
  assert.equal(invite.body.length, 142);
  assert.equal(checkSipMessage(invite), undefined);
});

test('a message that nobody changed is written as it came', () => {
  assert.equal(textOf(writeSipMessage(request())), inviteText.replaceAll('\n', '\r\n'));
});

test('forwarding changes the lines that it changes, and no byte of the others', () => {
  const invite = request();
  const headers = invite.headers.copy();
  headers.prepend('Via', 'SIP/2.0/TLS sbc.example.com:5061;branch=z9hG4bK1');
  headers.set('Max-Forwards', '69');
  headers.prepend('Record-Route', '<sip:sbc.example.com;lr>');
  headers.remove('Content-Length');
  headers.add('Content-Length', '142');
  const expected = inviteText
    .replace('Via:', 'Via: SIP/2.0/TLS sbc.example.com:5061;branch=z9hG4bK1\nVia:')
    .replace('Max-Forwards: 70', 'Max-Forwards: 69')
    .replace('Record-Route', 'Record-Route: <sip:sbc.example.com;lr>\nRecord-Route')
    .replaceAll('\n', '\r\n');
  assert.equal(textOf(writeSipMessage({ ...invite, headers })), expected);
  assert.equal(invite.headers.first('Max-Forwards'), '70');
});

test('the first value of a list is removed, also where its line goes on', () => {
  const { headers } = request();
  const branches: (string | undefined)[] = [];
  for (let via = readTopVia(headers); via !== undefined; via = readTopVia(headers)) {
    branches.push(via.parameters.get('branch'));
    headers.removeFirst('Via');
  }
  assert.deepEqual(branches, ['z9hG4bK776asdhds', 'z9hG4bK776asdhdt', 'z9hG4bKnashds8']);
  assert.equal(headers.has('v'), false);
});

test('a folded value is one line for its reader and leaves as it came', () => {
  const text = inviteText.replace('Max-Forwards: 70', 'Subject \t:\n  one,\n\ttwo\n \nm:\n <sip:a@b>');
  const folded = request(text);
  assert.equal(folded.headers.first('s'), 'one, two');
  assert.equal(folded.headers.all('Contact')[0], '<sip:a@b>');
  assert.equal(textOf(writeSipMessage(folded)), text.replaceAll('\n', '\r\n'));
});

test('what is not UTF-8 is neither refused nor lost', () => {
  const bytes = Uint8Array.from([...bytesOf('OPTIONS sip:a SIP/2.0\nSubject: \u{1F4DE} \u00fc '), 0xfc, 0xe2, 0x82, ...bytesOf(' end\nX\u0041: 1\n\n')]);
  const message = parseSipMessage(bytes);
  assert.equal(message.kind, 'request');
  if (message.kind !== 'request') return;
  assert.equal(message.headers.first('Subject'), '\u{1F4DE} \u00fc \udcfc\udce2\udc82 end');
  const headers = SipHeaders.of(['Subject', message.headers.first('Subject') ?? ''], ['XA', '1'], ['Content-Length', '0']);
  const whole = Buffer.from(writeSipMessage({ ...message, headers }));
  assert.ok(whole.includes(Buffer.from([0xfc, 0xe2, 0x82])));
  assert.deepEqual(whole.subarray(0, bytes.length - 2), Buffer.from(bytes.subarray(0, -2)));
});

test('a single byte that is no character is kept', () => {
  const message = parseSipMessage(Uint8Array.from([...bytesOf('OPTIONS sip:a SIP/2.0\nSubject: a'), 0xfc, ...bytesOf('b\n\n')]));
  assert.equal(message.kind === 'request' && message.headers.first('Subject'), 'a\udcfcb');
});

test('Content-Length is the writer’s', () => {
  const { headers } = request();
  const body = bytesOf('short');
  const written = textOf(writeSipMessage({ kind: 'request', method: 'INVITE', uri: 'sip:a@b', headers, body }));
  assert.match(written, /Content-Length: 5\r\n\r\nshort$/);
  assert.equal(written.match(/Content-Length/g)?.length, 1);
});

test('a response takes from its request what RFC 3261 §8.2.6.2 says', () => {
  const answer = responseTo(request(), 486, { toTag: 'ab', headers: [['Warning', '399 x "y"']] });
  assert.equal(answer.reason, 'Busy Here');
  const read = parseSipMessage(writeSipMessage(answer));
  assert.equal(read.kind, 'response');
  if (read.kind !== 'response') return;
  assert.equal(checkSipMessage(read), undefined);
  assert.equal(tagOf(parseAddress(read.headers.first('To') ?? '') ?? assert.fail()), 'ab');
  assert.equal(read.headers.all('Via').length, 3);
});

test('a value with a line break never gets into a message', () => {
  const { headers } = request();
  for (const value of ['a\r\nb: c', 'a\nb', 'a\r']) {
    assert.throws(() => headers.add('Subject', value));
    assert.throws(() => headers.set('Subject', value));
    assert.throws(() => headers.prepend('Subject', value));
    assert.throws(() => writeSipMessage({ kind: 'response', status: 200, reason: value, headers, body: new Uint8Array(0) }));
  }
});

test('what people call themselves cannot end a header line', () => {
  const from = writeAddress(sipAddress('sip:a@b', undefined, 'Eve"\r\nRoute: <sip:evil>\r\n'));
  const headers = SipHeaders.of(['From', from]);
  assert.equal(parseAddress(headers.first('From') ?? '')?.displayName, 'Eve" Route: <sip:evil> ');
  assert.equal(headers.has('Route'), false);
});

const broken: readonly (readonly [SipFaultCode, string | Uint8Array])[] = [
  ['MESSAGE_EMPTY', ''],
  ['MESSAGE_EMPTY', '\n\n'],
  ['LINE_BREAK_MALFORMED', 'INVITE sip:a SIP/2.0'],
  ['START_LINE_MALFORMED', 'INVITE\n\n'],
  ['START_LINE_MALFORMED', '(INVITE) sip:a SIP/2.0\n\n'],
  ['REQUEST_URI_MALFORMED', 'INVITE  sip:a SIP/2.0\n\n'],
  ['REQUEST_URI_MALFORMED', 'INVITE <sip:a> SIP/2.0\n\n'],
  ['VERSION_UNKNOWN', 'INVITE sip:a SIP/7.0\n\n'],
  ['STATUS_OUT_OF_RANGE', 'SIP/2.0 4294967301 better\n\n'],
  ['STATUS_OUT_OF_RANGE', 'SIP/2.0 700 more\n\n'],
  ['HEADERS_CUT_OFF', 'INVITE sip:a SIP/2.0\nTo: a\n'],
  ['HEADER_NAME_MALFORMED', 'INVITE sip:a SIP/2.0\nTo a\n\n'],
  ['HEADER_NAME_MALFORMED', 'INVITE sip:a SIP/2.0\n: a\n\n'],
  ['LINE_BREAK_MALFORMED', Buffer.from('INVITE sip:a SIP/2.0\r\nTo: a\nFrom: b\r\n\r\n')],
  ['LINE_BREAK_MALFORMED', Buffer.from('INVITE sip:a SIP/2.0\r\nTo: a\rFrom: b\r\n\r\n')],
  ['CONTENT_LENGTH_MALFORMED', 'INVITE sip:a SIP/2.0\nContent-Length: -1\n\n'],
  ['CONTENT_LENGTH_MALFORMED', 'INVITE sip:a SIP/2.0\nContent-Length: 1\nl: 2\n\nab'],
  ['BODY_CUT_OFF', 'INVITE sip:a SIP/2.0\nContent-Length: 3\n\nab'],
  ['TOO_MANY_HEADERS', `INVITE sip:a SIP/2.0\n${'a: b\n'.repeat(5000)}\n`],
  ['MESSAGE_TOO_LARGE', `INVITE sip:a SIP/2.0\na: ${'b'.repeat(70_000)}\n\n`],
];

test('bytes that are no message are refused with what is wrong', () => {
  for (const [code, text] of broken) {
    const fault = parseSipMessage(typeof text === 'string' ? bytesOf(text) : text);
    assert.equal(fault.kind, 'fault', String(text).slice(0, 60));
    if (fault.kind === 'fault') assert.equal(fault.code, code, String(text).slice(0, 60));
  }
});

test('a request with a fault can still be answered', () => {
  const fault = parseSipMessage(bytesOf(inviteText.replace('SIP/2.0', 'SIP/3.0')));
  assert.ok(fault.kind === 'fault' && fault.request !== undefined);
  assert.equal(fault.status, 505);
  assert.equal(responseTo(fault.request, fault.status).headers.all('Via').length, 3);
});

test('a message is checked for what transactions and dialogs stand on', () => {
  const cases: readonly (readonly [SipFaultCode, string, string])[] = [
    ['HEADER_MISSING', 'To: Bob <sip:bob@biloxi.example.com>\n', ''],
    ['HEADER_REPEATED', 'Max-Forwards: 70', 'Max-Forwards: 70\nt: <sip:x@y>'],
    ['VIA_MALFORMED', 'SIP/2.0/TCP', 'SIP/2.0'],
    ['FROM_MALFORMED', '"Alice \\"A\\""', '"Alice'],
    ['TO_MALFORMED', '<sip:bob@biloxi.example.com>', '<sip:bob@biloxi.example.com'],
    ['CALL_ID_MALFORMED', 'Call-ID: a84b', 'Call-ID: a8 4b'],
    ['CSEQ_MALFORMED', '314159', '2147483648'],
    ['CSEQ_METHOD_MISMATCH', '314159 INVITE', '314159 invite'],
    ['MAX_FORWARDS_MALFORMED', '70', '256'],
    ['ROUTE_MALFORMED', '<sip:p1.example.com;lr>', '<>'],
    ['CONTACT_MALFORMED', '<sip:alice@pc33.atlanta.example.com>', 'sip:alice@pc33?a=b'],
  ];
  for (const [code, from, to] of cases) assert.equal(checkSipMessage(request(inviteText.replace(from, to)))?.code, code, code);
});
