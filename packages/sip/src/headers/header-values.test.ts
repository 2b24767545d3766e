import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  acceptsType,
  bodyOfType,
  isSupported,
  parseMediaType,
  parseReason,
  parseReplaces,
  parseSipUri,
  parseUserToUser,
  readAllow,
  readBodyParts,
  readContentDisposition,
  readEarlyMedia,
  readMinimalSessionExpires,
  readRAck,
  readReasons,
  readReferTarget,
  readReplaces,
  readRetryAfter,
  readRSeq,
  readSeconds,
  readSessionExpires,
  readUserToUser,
  readWarnings,
  SipHeaders,
  type SipUri,
  unsupportedTags,
  writeReason,
  writeReferTo,
  writeReplaces,
  writeSessionExpires,
  writeUserToUser,
  writeWarning,
} from '../index.ts';
import { bytesOf, textOf } from '../message/test-messages.ts';

const { of } = SipHeaders;

test('Reason (RFC 3326), the carrier’s words unchanged', () => {
  assert.deepEqual(readReasons(of(['Reason', 'Q.850;cause=17;text="user, busy", sip ;text="gone" ;cause=480'], ['Reason', ''], ['Reason', 'x;cause=y'])), [
    { protocol: 'Q.850', cause: 17, text: 'user, busy' },
    { protocol: 'SIP', cause: 480, text: 'gone' },
    { protocol: 'X', cause: undefined, text: undefined },
  ]);
  assert.deepEqual(parseReason('Q.850;cause=16;text=Normal call clearing'), { protocol: 'Q.850', cause: 16, text: 'Normal call clearing' });
  assert.equal(writeReason({ protocol: 'Q.850', cause: 17, text: 'say "no"' }), 'Q.850;cause=17;text="say \\"no\\""');
  assert.equal(parseReason(';cause=1'), undefined);
});

test('Replaces (RFC 3891) and Refer-To with it (RFC 5589)', () => {
  const replaces = { callId: '12@h', toTag: 'a', fromTag: 'b%', isEarlyOnly: true };
  assert.deepEqual(parseReplaces(writeReplaces(replaces)), replaces);
  assert.equal(readReplaces(of()), 'absent');
  assert.equal(readReplaces(of(['Replaces', 'a;to-tag=1'])), 'malformed');
  assert.equal(readReplaces(of(['Replaces', 'a;to-tag=1;from-tag=2'], ['Replaces', 'a;to-tag=1;from-tag=2'])), 'malformed');
  const value = writeReferTo(parseSipUri('sip:carol@example.com;transport=tcp') as SipUri, replaces);
  assert.equal(value, '<sip:carol@example.com;transport=tcp?Replaces=12%40h%3Bto-tag%3Da%3Bfrom-tag%3Db%25%3Bearly-only>');
  assert.deepEqual(readReferTarget(of(['r', value])), { uri: 'sip:carol@example.com;transport=tcp', method: 'INVITE', replaces });
  assert.deepEqual(readReferTarget(of(['Refer-To', '<sip:a@b;method=BYE>'])), { uri: 'sip:a@b', method: 'BYE', replaces: undefined });
  assert.deepEqual(readReferTarget(of(['Refer-To', 'tel:+15550100'])), { uri: 'tel:+15550100', method: 'INVITE', replaces: undefined });
  for (const wrong of [of(), of(['Refer-To', '<sip:a@b>'], ['Refer-To', '<sip:a@b>']), of(['Refer-To', '<sip:a@b?Replaces=x>']), of(['Refer-To', '<sip:@>'])]) assert.equal(readReferTarget(wrong), undefined);
});

test('session timers (RFC 4028), Retry-After and other seconds', () => {
  assert.deepEqual(readSessionExpires(of(['x', '1800 ;refresher=UAS'])), { intervalSeconds: 1800, refresher: 'uas' });
  assert.deepEqual(readSessionExpires(of(['Session-Expires', '90'])), { intervalSeconds: 90, refresher: undefined });
  assert.equal(readSessionExpires(of(['Session-Expires', 'soon'])), undefined);
  assert.equal(writeSessionExpires({ intervalSeconds: 90, refresher: 'uac' }), '90;refresher=uac');
  assert.equal(readMinimalSessionExpires(of(['Min-SE', '120;x'])), 120);
  assert.equal(readMinimalSessionExpires(of()), 90);
  assert.equal(readRetryAfter(of(['Retry-After', '18000;duration=3600'])), 18000);
  assert.equal(readRetryAfter(of(['Retry-After', '120 (I am in a meeting)'])), 120);
  assert.equal(readRetryAfter(of()), undefined);
  assert.equal(readSeconds('10000000000000000000'), 0xffff_ffff);
  assert.equal(readSeconds('-1'), undefined);
});

test('RAck and RSeq (RFC 3262)', () => {
  assert.deepEqual(readRAck(of(['RAck', '776656 \t 1 INVITE'])), { responseNumber: 776656, cseqNumber: 1, method: 'INVITE' });
  for (const value of ['', '1 2', '1 2 INVITE x', 'a 2 INVITE', '4294967296 1 INVITE']) assert.equal(readRAck(of(['RAck', value])), undefined, value);
  assert.equal(readRSeq(of(['RSeq', '988789'])), 988789);
  assert.equal(readRSeq(of(['RSeq', '0'])), undefined);
});

test('what a peer knows, takes and insists on', () => {
  const headers = of(['Supported', '100REL, timer'], ['k', 'x'], ['Supported', ''], ['Require', 'replaces, odd'], ['Allow', 'INVITE, ACK'], ['Allow', 'BYE']);
  assert.ok(isSupported(headers, '100rel') && isSupported(headers, 'x') && isSupported(headers, 'replaces') && !isSupported(headers, ''));
  assert.equal(unsupportedTags(headers, 'Require', new Set(['replaces'])), 'odd');
  assert.equal(unsupportedTags(headers, 'Proxy-Require', new Set()), undefined);
  assert.deepEqual([...(readAllow(headers) ?? [])], ['INVITE', 'ACK', 'BYE']);
  assert.equal(readAllow(of()), undefined);
  assert.deepEqual(readEarlyMedia(of(['P-Early-Media', 'sendrecv, gated, inactive'])), ['sendrecv', 'inactive']);
  assert.equal(readEarlyMedia(of()), undefined);
});

test('User-to-User (RFC 7433)', () => {
  const [first, second] = readUserToUser(of(['User-to-User', '56a390f3d2b7310023a2;encoding=hex;purpose=foo, "a;b"'], ['User-to-User', ';x']));
  assert.deepEqual(first && [first.data, [...first.parameters]], ['56a390f3d2b7310023a2', [['encoding', 'hex'], ['purpose', 'foo']]]);
  assert.equal(second?.data, 'a;b');
  for (const value of [first, second]) assert.deepEqual(value && parseUserToUser(writeUserToUser(value)), value);
});

test('Warning (RFC 3261 §20.43)', () => {
  assert.deepEqual(readWarnings(of(['Warning', '307 isi.edu "Session parameter, \\"foo\\"", 301 h:5 "x"'], ['Warning', '399 a b'])), [
    { code: 307, agent: 'isi.edu', text: 'Session parameter, "foo"' },
    { code: 301, agent: 'h:5', text: 'x' },
  ]);
  assert.equal(writeWarning({ code: 305, agent: 'a', text: 'b"' }), '305 a "b\\""');
});

test('media types and what bodies are for', () => {
  assert.deepEqual(parseMediaType('Application/SDP')?.type, 'application/sdp');
  assert.equal(parseMediaType('multipart/mixed ; boundary="a b"')?.parameters.get('boundary'), 'a b');
  for (const text of ['', 'text', 'a/b/c', 'a /', 'a/b;;']) assert.equal(parseMediaType(text), undefined, text);
  assert.ok(acceptsType(of(), 'application/sdp') && !acceptsType(of(), 'text/plain') && !acceptsType(of(['Accept', '']), 'application/sdp'));
  const accept = of(['Accept', 'application/*;level=1, text/plain;q=0, message/sip']);
  assert.ok(acceptsType(accept, 'application/sdp') && !acceptsType(accept, 'text/plain'));
  assert.deepEqual(readContentDisposition(of(['Content-Disposition', 'Alert; handling=Optional'])), { kind: 'alert', isRequired: false });
  assert.deepEqual(readContentDisposition(of(['c', 'application/sdp'])), { kind: 'session', isRequired: true });
  assert.deepEqual(readContentDisposition(of()), { kind: 'render', isRequired: true });
});

test('a description is found among the parts of a body, in whatever depth', () => {
  const inner = 'preamble\n--b\nContent-Type: application/sdp\n\nv=0\n--no\n\n--b  \nContent-Type: text/plain\nContent-Disposition: render;handling=optional\n\n\n--b--\nepilogue';
  const outer = `--"a\nContent-Type: multipart/alternative; boundary=b\n\n${inner}\n--"a\n\nbare\n--"a--`;
  const message = { headers: of(['Content-Type', 'multipart/mixed;boundary="\\"a"']), body: bytesOf(outer) };
  assert.deepEqual(readBodyParts(message).map((part) => [part.type?.type, textOf(part.body)]), [['application/sdp', 'v=0\r\n--no\r\n'], ['text/plain', ''], [undefined, 'bare']]);
  assert.equal(textOf(bodyOfType(message, 'application/sdp') ?? new Uint8Array(0)), 'v=0\r\n--no\r\n');
  assert.equal(bodyOfType({ headers: of(), body: bytesOf('v=0') }, 'application/sdp'), undefined);
});

test('parts in parts have an end', () => {
  let body = 'v=0';
  for (let depth = 0; depth < 100; depth += 1) body = `--${depth}\nContent-Type: multipart/mixed;boundary=${depth - 1}\n\n${body}\n--${depth}--`;
  assert.equal(readBodyParts({ headers: of(['Content-Type', 'multipart/mixed;boundary=99']), body: bytesOf(body) }).length, 1);
  const many = { headers: of(['Content-Type', 'multipart/mixed;boundary=x']), body: bytesOf(`--x\n\n${'a\n--x\n\n'.repeat(5000)}--x--`) };
  assert.ok(readBodyParts(many).length <= 32);
  assert.equal(readBodyParts({ headers: of(['Content-Type', 'multipart/mixed;boundary=x']), body: bytesOf('no delimiter') }).length, 1);
});
