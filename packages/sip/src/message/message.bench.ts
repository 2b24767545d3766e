/** Cost of a message: `node --expose-gc packages/sip/src/message/message.bench.ts`. A proxied call is 13 of them (6 in, 7 out). */
import assert from 'node:assert/strict';
import { checkSipMessage, parseAddress, parseSipMessage, parseSipUri, parseVia, readCSeq, readTopVia, SipHeaders, type SipMessage, type SipRequest, tagOf, writeSipMessage } from '../index.ts';
import { bytesOf, inviteText } from './test-messages.ts';

const rounds = 200_000;
const bytes = bytesOf(inviteText.replace('Record-Route:', 'Route: <sip:sbc.example.com;lr>, <sip:next.example.com;lr>\nRecord-Route:'));
const response = bytesOf(inviteText.replace(/^INVITE.*/, 'SIP/2.0 200 OK').replace('biloxi.example.com>', 'biloxi.example.com>;tag=a6c85cf'));

function parsed(of: Uint8Array): SipMessage {
  const message = parseSipMessage(of);
  assert.ok(message.kind !== 'fault');
  return message;
}

/** What a proxy asks of a request. */
function touch(message: SipRequest): number {
  const via = readTopVia(message.headers);
  const uri = parseSipUri(message.uri);
  const route = parseAddress(message.headers.first('Route') ?? '');
  const tag = tagOf(parseAddress(message.headers.first('From') ?? '') ?? assert.fail());
  const forwards = Number(message.headers.first('Max-Forwards'));
  return (via?.parameters.size ?? 0) + (uri?.port ?? 0) + (route?.uri.length ?? 0) + (tag?.length ?? 0) + forwards + (readCSeq(message.headers)?.number ?? 0) + (message.headers.first('Call-ID')?.length ?? 0);
}

function forwarded(message: SipRequest): SipRequest {
  const headers = message.headers.copy();
  headers.removeFirst('Route');
  headers.set('Max-Forwards', '69');
  headers.prepend('Record-Route', '<sip:192.0.2.100;lr>');
  headers.prepend('Via', 'SIP/2.0/UDP 192.0.2.100:5060;branch=z9hG4bK8a7b6c5d4e3f2a1b0c9d8e7f');
  return { ...message, headers };
}

function measure(name: string, one: () => number): void {
  for (let at = 0; at < 20_000; at += 1) one();
  const costs = Array.from({ length: 5 }, () => {
    globalThis.gc?.();
    const before = process.cpuUsage();
    let sum = 0;
    for (let at = 0; at < rounds; at += 1) sum += one();
    assert.ok(sum > 0);
    return (process.cpuUsage(before).user * 1000) / rounds;
  });
  console.log(`${name}: ${Math.min(...costs).toFixed(0)} ns of CPU (best of 5)`);
}

const invite = parsed(bytes) as SipRequest;
console.log(`INVITE of ${bytes.length} bytes`);
measure('parse', () => parsed(bytes).body.length);
measure('parse and read what a proxy reads', () => touch(parsed(bytes) as SipRequest));
measure('parse and check', () => (checkSipMessage(parsed(bytes)) === undefined ? 1 : 0));
measure('write a message of which nothing changed', () => writeSipMessage(invite).length);
measure('change and write', () => writeSipMessage(forwarded(invite)).length);
measure('request through a proxy: parse, check, read, change, write', () => {
  const message = parsed(bytes) as SipRequest;
  assert.equal(checkSipMessage(message), undefined);
  return touch(message) + writeSipMessage(forwarded(message)).length;
});
measure('response through a proxy: parse, check, read, remove Via, write', () => {
  const message = parsed(response);
  assert.equal(checkSipMessage(message), undefined);
  const via = readTopVia(message.headers);
  const headers = message.headers.copy();
  headers.removeFirst('Via');
  return writeSipMessage({ ...message, headers }).length + (via?.parameters.size ?? 0) + (parseVia(headers.first('Via') ?? '')?.host.length ?? 0);
});
measure('build a request', () => {
  const headers = SipHeaders.of(['Via', 'SIP/2.0/UDP 192.0.2.100:5060;branch=z9hG4bK8a7b6c5d'], ['From', '<sip:a@b>;tag=1'], ['To', '<sip:c@d>'], ['Call-ID', 'abcdefghijklmnop'], ['CSeq', '1 OPTIONS'], ['Max-Forwards', '70']);
  return writeSipMessage({ kind: 'request', method: 'OPTIONS', uri: 'sip:c@d', headers, body: invite.body.subarray(0, 0) }).length;
});
