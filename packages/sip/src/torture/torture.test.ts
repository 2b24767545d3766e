import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  bodyOfType,
  checkSipMessage,
  parseAddress,
  parseSipMessage,
  parseSipUri,
  parseUri,
  parseVia,
  readAddress,
  readAddresses,
  readBodyParts,
  readCSeq,
  readReferTarget,
  type SipMessage,
  type SipRequest,
  uriHeader,
  userOf,
  writeSipMessage,
} from '../index.ts';
import { tortureMessage, tortureMessages } from './test-torture-messages.ts';

function valid(name: string): SipMessage {
  const message = parseSipMessage(tortureMessage(name).bytes);
  assert.ok(message.kind !== 'fault', name);
  return message;
}

function request(name: string): SipRequest {
  const message = valid(name);
  assert.ok(message.kind === 'request', name);
  return message;
}

test('every message of RFC 4475 and RFC 5118 gets its verdict', () => {
  assert.equal(tortureMessages.length, readdirSync(join(import.meta.dirname, 'messages')).length);
  assert.equal(tortureMessages.length, 61);
  for (const { name, section, verdict, bytes } of tortureMessages) {
    const message = parseSipMessage(bytes);
    const fault = message.kind === 'fault' ? message : checkSipMessage(message);
    assert.equal(fault?.code ?? 'valid', verdict, `${name}, ${section}`);
    const isRequest = !Buffer.from(bytes.subarray(0, 8)).toString().startsWith('SIP/2.0 ');
    if (fault !== undefined) assert.equal(fault.request !== undefined, isRequest, `${name} can be answered`);
  }
});

test('the valid ones are forwarded byte for byte, but for what follows the body', () => {
  for (const { name, verdict, bytes } of tortureMessages) {
    if (verdict !== 'valid' || name === 'dblreq' || name === 'inv2543') continue;
    const written = Buffer.from(writeSipMessage(valid(name)));
    const hasVersionAsWritten = Buffer.from(bytes).includes('SIP/2.0');
    if (hasVersionAsWritten) assert.deepEqual(written, Buffer.from(bytes), name);
  }
  const { bytes } = tortureMessage('dblreq');
  assert.ok(Buffer.from(bytes).subarray(0, -1).includes(Buffer.from(writeSipMessage(valid('dblreq')))));
});

test('RFC 4475 §3.1.1.1: folding all over', () => {
  const { headers, uri } = request('wsinv');
  assert.equal(uri, 'sip:vivekg@chair-dnrc.example.com;unknownparam');
  const from = readAddress(headers, 'From');
  assert.deepEqual([from?.displayName, from?.uri, from?.parameters.get('tag')], ['J Rosenberg \\"', 'sip:jdrosen@example.com', '98asjd8']);
  assert.equal(readAddress(headers, 'To')?.uri, 'sip:vivekg@chair-dnrc.example.com');
  assert.deepEqual(readCSeq(headers), { number: 9, method: 'INVITE' });
  assert.equal(Number(headers.first('Max-Forwards')), 68);
  assert.deepEqual(headers.all('Via').map((value) => parseVia(value)).map((via) => [via?.transport, via?.host, via?.parameters.get('branch')]), [
    ['UDP', '192.0.2.2', '390skdjuw'],
    ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
    ['UDP', '192.168.255.111', 'z9hG4bK30239'],
  ]);
  assert.equal(headers.first('Subject'), '');
  assert.equal(headers.first('NewFangledHeader'), 'newfangled value continued newfangled value');
  assert.equal(headers.first('UnknownHeaderWithUnusualValue'), ';;,,;;,;');
  assert.deepEqual(readAddresses(headers, 'Route')?.map((address) => address.uri), ['sip:services.example.com;lr;unknownwith=value;unknown-no-value']);
  const [contact] = readAddresses(headers, 'Contact') ?? [];
  assert.deepEqual(contact && [contact.displayName, contact.uri, [...contact.parameters]], ['Quoted string ""', 'sip:jdrosen@example.com', [['newparam', 'newvalue'], ['secondparam', undefined], ['q', '0.33']]]);
});

test('RFC 4475 §3.1.1.2: a wide range of characters', () => {
  const { method, uri, headers } = request('intmeth');
  assert.equal(method, "!interesting-Method0123456789_*+`.%indeed'~");
  const parsed = parseSipUri(uri);
  assert.deepEqual([parsed?.user, parsed?.password, parsed?.host], ["1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*", '&it+has=1,weird!*pas$wo~d_too.(doesn\'t-it)', 'example.com']);
  const to = readAddress(headers, 'To');
  assert.equal(to?.displayName, 'BEL:\u0007 NUL:\u0000 DEL:\u007f');
  const from = readAddress(headers, 'From');
  assert.equal(from?.displayName, "token1~` token2'+_ token3*%!.-");
  assert.equal(from?.parameters.get('tag'), "_token~1'+`*%!-.");
  assert.equal(from?.parameters.get("fromparam''~+*_!.-%"), '\u0440\u0430\u0431\u043e\u0442\u0430\u044e\u0449\u0438\u0439');
  assert.equal(headers.first("extensionHeader-!.%*+_`'~"), '\ufeff\u5927\u505c\u96fb');
  assert.equal(headers.first('Call-ID'), 'intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
});

test('RFC 4475 §3.1.1.3, §3.1.1.4, §3.1.1.5: what a percent sign is', () => {
  const escaped = request('esc01');
  const uri = parseSipUri(escaped.uri);
  assert.ok(uri);
  assert.equal(userOf(uri), 'sips:user@example.com');
  const contact = parseSipUri(readAddress(escaped.headers, 'Contact')?.uri ?? '');
  assert.deepEqual(contact && [userOf(contact), [...contact.parameters]], ['caller', [['lr', undefined], ['name', 'v%61lue%25%34%31']]]);
  const nulls = readAddresses(request('escnull').headers, 'Contact')?.map((address) => userOf(parseSipUri(address.uri) ?? assert.fail()));
  assert.deepEqual(nulls, ['\u0000', '\u0000\u0000']);
  const plain = request('esc02');
  assert.equal(plain.method, 'RE%47IST%45R');
  assert.equal(readAddress(plain.headers, 'To')?.displayName, '%Z%45');
  assert.equal(readAddresses(plain.headers, 'Contact')?.length, 2);
});

test('RFC 4475 §3.1.1.6 to §3.1.1.10: names, long values, trailing octets, users, transports', () => {
  assert.equal(readAddress(request('lwsdisp').headers, 'From')?.displayName, 'caller');
  const long = request('longreq');
  assert.equal(long.headers.all('Via').length, 34);
  assert.ok((readAddress(long.headers, 'From')?.parameters.get('tag')?.length ?? 0) > 150);
  assert.equal(bodyOfType(long, 'application/sdp')?.length, 150);
  const first = request('dblreq');
  assert.equal(first.method, 'REGISTER');
  assert.equal(first.body.length, 0);
  assert.equal(userOf(parseSipUri(request('semiuri').uri) ?? assert.fail()), 'user;par=u@example.net');
  assert.deepEqual(request('transports').headers.all('Via').map((value) => parseVia(value)?.transport), ['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']);
});

test('RFC 4475 §3.1.1.11 to §3.1.1.13: bodies and reason phrases', () => {
  const parts = readBodyParts(request('mpart01'));
  assert.deepEqual(parts.map((part) => [part.type?.type, part.body.length]), [['text/plain', 5], ['application/octet-stream', 342]]);
  const unusual = valid('unreason');
  assert.equal(unusual.kind === 'response' && unusual.reason, '= 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e \u0434\u0435\u0432\u044f\u043d\u043e\u0441\u0442\u043e \u0434\u0435\u0432\u044f\u0442\u044c - \u043f\u0440\u043e\u0441\u0442\u043e\u0435');
  const none = valid('noreason');
  assert.deepEqual(none.kind === 'response' && [none.status, none.reason], [100, '']);
});

test('RFC 4475 §3.3: what registrars are to read', () => {
  const [header] = readAddresses(request('cparam01').headers, 'Contact') ?? [];
  assert.deepEqual(header && [header.uri, header.parameters.has('unknownparam')], ['sip:+19725552222@gw1.example.net', true]);
  const [url] = readAddresses(request('cparam02').headers, 'Contact') ?? [];
  assert.deepEqual(url && [url.uri, url.parameters.size], ['sip:+19725552222@gw1.example.net;unknownparam', 0]);
  const [route] = readAddresses(request('regescrt').headers, 'Contact') ?? [];
  assert.deepEqual(uriHeader(parseSipUri(route?.uri ?? '') ?? assert.fail(), 'Route'), ['<sip:sip.example.com>']);
  assert.equal(parseUri(request('unkscm').uri)?.scheme, 'nobodyknowsthisscheme');
  assert.equal(readAddress(request('unksm2').headers, 'To')?.uri, 'isbn:2983792873');
  assert.equal(readReferTarget(request('unksm2').headers), undefined);
  assert.equal(parseAddress(request('inv2543').headers.first('Record-Route') ?? '')?.uri, 'sip:UserB@example.com;maddr=ss1.example.com');
});

test('RFC 5118: IPv6 wherever a host may be', () => {
  assert.deepEqual(hostAndPort('port-ambiguous'), ['[2001:db8::10:5070]', undefined]);
  assert.deepEqual(hostAndPort('port-unambiguous'), ['[2001:db8::10]', 5070]);
  assert.equal(parseVia(request('via-received-param-with-delim').headers.first('Via') ?? '')?.parameters.get('received'), '[2001:db8::9:255]');
  assert.equal(parseVia(request('via-received-param-no-delim').headers.first('Via') ?? '')?.parameters.get('received'), '2001:db8::9:255');
  assert.deepEqual(hostAndPort('ipv6-bug-abnf-3-colons'), ['[2001:db8:::192.0.2.1]', undefined]);
  assert.equal(readAddress(request('ipv4-mapped-ipv6').headers, 'Contact')?.uri, 'sip:ted@[::ffff:192.0.2.2]');
});

function hostAndPort(name: string): readonly unknown[] {
  const uri = parseSipUri(request(name).uri);
  return [uri?.host, uri?.port];
}
