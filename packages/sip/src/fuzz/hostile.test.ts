import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSipMessage, SipStreamFramer } from '../index.ts';
import { readEverything } from './test-readers.ts';

/** As long as a value can be. */
const long = (pattern: string): string => pattern.repeat(Math.floor(60_000 / pattern.length));

/** Values that make a reader with a bad idea of backtracking work for seconds or for ever. */
const values = [
  ...[' ', '<', '"', '\\"', ',', ';', ';a', '<>', '%', '%41', '[', 'a.', 'a:', '1 ', '::', '\u00e9', '\r\n a', 'sip:a@b,', '*,', '<sip:a@b;lr>,'].map(long),
  `a${long(' ')}b`, `"${long('\\')}`, `sip:${long('a.')}`, `sip:a@${long('a.')}!`, `<sip:${long(';a=b')}>`, `<sip:a@b?${long('Replaces=x&')}>`, `SIP/2.0/UDP a${long(' ')}x`, `SIP/2.0/UDP ${long('a')}!`,
  `Q.850${long(';text=')}"`, `Q.850;text=${long(' ')}"`, `300 a${long(' ')}b`, `1${long('0')}`, `tel:${long('1-')}`, `sip:${long('1-')}@b`, `a\r\n${long(' ')}b`, `a${long(' ')}\r\n b`,
  `multipart/mixed;boundary=${long('-')}`, `Digest ${long('a=b,')}`, `Digest a="${long('\\"')}`,
];
const names = [
  'Via', 'From', 'To', 'Contact', 'Route', 'Call-ID', 'CSeq', 'Max-Forwards', 'Content-Type', 'Content-Length', 'Content-Disposition', 'Reason', 'Refer-To', 'Replaces', 'History-Info', 'Diversion',
  'P-Asserted-Identity', 'Remote-Party-ID', 'Privacy', 'Session-Expires', 'Min-SE', 'Retry-After', 'RAck', 'RSeq', 'Supported', 'Allow', 'Accept', 'User-to-User', 'Warning', 'P-Early-Media', 'Authorization', 'WWW-Authenticate',
];

test('the longest values in every header field: read or refused, in linear time', () => {
  let read = 0;
  for (const value of values) {
    for (const start of [...names.map((name) => `INVITE sip:a SIP/2.0\r\n${name}: ${value}\r\n\r\n`), `INVITE ${value} SIP/2.0\r\n\r\n`, `SIP/2.0 200 ${value}\r\n\r\n`]) {
      const message = parseSipMessage(Uint8Array.from(Buffer.from(`${start}--${'-\r\n--'.repeat(500)}`)));
      if (message.kind === 'fault') continue;
      read += 1;
      assert.ok(readEverything(message).length > 0);
    }
  }
  assert.ok(read > 1000, `${read} were messages`);
});

test('a stream that comes byte by byte, with header lines to the limit', () => {
  const bytes = Uint8Array.from(Buffer.from(`MESSAGE sip:a SIP/2.0\r\n${'a: b\r\n'.repeat(250)}l: 60000\r\n\r\n${'x'.repeat(60_000)}`));
  const framer = new SipStreamFramer();
  let messages = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    framer.push(bytes.slice(at, at + 1));
    if (framer.next().kind === 'message') messages += 1;
  }
  assert.equal(messages, 1);
  assert.equal(framer.unreadLength, 0);
});
