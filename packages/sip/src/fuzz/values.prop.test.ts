import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeSipText,
  encodeSipText,
  escapeUri,
  isHeaderValue,
  parseAddress,
  parseAuthParameters,
  parseHistoryEntry,
  parseMediaType,
  parseReason,
  parseReplaces,
  parseSipMessage,
  parseUri,
  parseUserToUser,
  parseVia,
  quote,
  sameSipUri,
  type SipAddress,
  SipHeaders,
  splitList,
  unescapeUri,
  unquote,
  writeAddress,
  writeReason,
  writeReplaces,
  writeSipMessage,
  writeUri,
  writeUserToUser,
  writeVia,
} from '../index.ts';

const samples = [
  'sip:alice:pw@[2001:db8::1]:5060;transport=tcp;lr?Subject=a%20b&X=y',
  'sips:%61@h;maddr=192.0.2.1',
  'tel:+1-555-0100;phone-context=example.com',
  '"A \\"B\\"" <sip:a@b;x=y>;tag=1;q=0.5;+sip.instance="<urn:uuid:1>"',
  'Bob <sip:b@c>',
  'sip:d@e;tag=2',
  'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport=5;received=192.0.2.2',
  'SIP / 2.0 / TLS [::1] ; branch = x',
  'Digest username="a", realm="b", nonce="c,d", qop=auth, nc=00000001',
  'Q.850;cause=17;text="a"',
  'a@b;to-tag=1;from-tag=2;early-only',
  'abc;encoding=hex',
  'multipart/mixed;boundary="a b"',
  '<sip:a@b?Reason=SIP%3Bcause%3D302>;index=1.1',
];
const fragments = [...':;,="\\<>@?&%[]()*/ \t+', '%00', '%4', '"a"', '\\"', ';x', ';x=y', 'sip:', '\u00fc', '\ud83d\ude00', '\udc80', '\ufeff', ' '.repeat(5000), '"'.repeat(999), '<'.repeat(999), ';a'.repeat(999), 'a'.repeat(9999), '%41'.repeat(999)];

/** Texts near those that readers know. */
const texts = fc
  .tuple(fc.constantFrom(...samples), fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fc.oneof(fc.constantFrom('', ...fragments), fc.string({ unit: 'binary', maxLength: 5 }))), { maxLength: 4 }))
  .map(([sample, changes]) =>
    changes.reduce((text, [where, cut, inserted]) => {
      const at = Math.floor(where * text.length);
      return text.slice(0, at) + inserted + text.slice(at + cut);
    }, sample),
  )
  .filter(isHeaderValue);

/** A reader with its writer: what was read, written and read again is the same. */
function staysTheSame<Value>(read: (text: string) => Value | undefined, write: (value: Value) => string): (text: string) => void {
  return (text) => {
    const value = read(text);
    if (value !== undefined) assert.deepEqual(read(write(value)), value, JSON.stringify([text, write(value)]));
  };
}

test('values of any kind are read or refused, and those read are written as the same', () => {
  const readers = [
    staysTheSame(parseUri, writeUri),
    staysTheSame(parseAddress, writeAddress),
    staysTheSame(parseVia, writeVia),
    staysTheSame(parseReason, (reason) => writeReason(reason)),
    staysTheSame(parseReplaces, writeReplaces),
    staysTheSame(parseUserToUser, writeUserToUser),
  ];
  const property = fc.property(texts, (text) => {
    for (const check of readers) check(text);
    parseAuthParameters(text);
    parseMediaType(text);
    parseHistoryEntry(text);
    const uri = parseUri(text);
    if (uri?.kind === 'sip') assert.ok(sameSipUri(uri, uri));
    assert.ok(splitList(text).length > 0);
  });
  fc.assert(property, { numRuns: 4000, seed: 1 });
});

/** Any text that may be in a value: no line breaks, and no surrogates but those that stand for bytes. */
const valueText = fc.string({ unit: 'grapheme', maxLength: 30 }).filter(isHeaderValue);

test('texts come back from bytes, and bytes from texts', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => assert.deepEqual(encodeSipText(decodeSipText(bytes)), bytes)));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(decodeSipText(encodeSipText(text)), text.toWellFormed())));
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(unescapeUri(escapeUri(text, '')), text)));
  fc.assert(fc.property(fc.string(), (text) => assert.equal(unquote(quote(text)), text.replace(/[\r\n]+/g, ' '))));
});

test('what is written into a message is read from it', () => {
  const address: fc.Arbitrary<SipAddress> = fc.record({ displayName: valueText, uri: fc.constantFrom('sip:a@b;lr', 'tel:+15550100'), parameters: fc.constant(new Map([['tag', 'x']])) }, { noNullPrototype: true });
  const property = fc.property(address, fc.array(valueText, { maxLength: 5 }), fc.uint8Array({ maxLength: 50 }), (from, subjects, body) => {
    const headers = SipHeaders.of(['From', writeAddress(from)], ...subjects.map((text) => ['X-Text', text] as const));
    const message = parseSipMessage(writeSipMessage({ kind: 'request', method: 'MESSAGE', uri: 'sip:c@d', headers, body }));
    assert.ok(message.kind === 'request');
    assert.deepEqual(message.headers.read('From', parseAddress), from);
    assert.deepEqual(message.headers.all('x-text'), subjects.map((text) => text.replace(/^[ \t]+|[ \t]+$/g, '')));
    assert.deepEqual(message.body, body);
  });
  fc.assert(property, { numRuns: 2000, seed: 1 });
});
