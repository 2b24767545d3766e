import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blankSecrets } from './blanked-secrets.ts';

const blanked = (text: string): string => Buffer.from(blankSecrets(Buffer.from(text, 'latin1'))).toString('latin1');
const message = (...lines: readonly string[]): string => ['INVITE sip:bob@example.com SIP/2.0', 'Call-ID: 1', ...lines, 'Content-Length: 0', '', ''].join('\r\n');
const description = (...lines: readonly string[]): string => message('', 'v=0', ...lines, 'm=audio 4000 RTP/SAVP 0');

test('the hash of digest credentials is blanked however it is written, and nothing else of them', () => {
  for (const [written, expected] of [
    ['Authorization: Digest username="ada", response="0123abcd", uri="sip:x"', 'Authorization: Digest username="ada", response="********", uri="sip:x"'],
    ['Proxy-Authorization:digest response=0123abcd,nc=00000001', 'Proxy-Authorization:digest response=********,nc=00000001'],
    ['AUTHORIZATION : Digest username="ada",\r\n  RESPONSE = "0123abcd"', 'AUTHORIZATION : Digest username="ada",\r\n  RESPONSE = "********"'],
    ['Authentication-Info: qop=auth, rspauth="0123abcd", nc=00000001', 'Authentication-Info: qop=auth, rspauth="********", nc=00000001'],
  ] as const) {
    assert.equal(blanked(message(written)), message(expected));
  }
});

test('of other schemes all is blanked', () => {
  assert.equal(blanked(message('Authorization: Basic YWRhOjEyMw==')), message('Authorization: Basic ************'));
  assert.equal(blanked(message('Authorization: Bearer eyJhb.eyJpc.sig')), message('Authorization: Bearer ***************'));
});

test('every key of a description is blanked, with either line end', () => {
  const keys = ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0|2^20|1:4;inline:b3RoZXI=|2^20|2:4 FEC_ORDER=FEC_SRTP', 'a=ice-pwd:hunter2hunter2hunter22', 'a=key-mgmt:mikey AQAFgM0X', 'k=base64:c2VjcmV0'];
  const safe = ['a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:********|2^20|1:4;inline:********|2^20|2:4 FEC_ORDER=FEC_SRTP', 'a=ice-pwd:**********************', 'a=key-mgmt:mikey ********', 'k=base64:********'];
  assert.equal(blanked(description(...keys)), description(...safe));
  assert.equal(blanked(description(...keys).replaceAll('\r\n', '\n')), description(...safe).replaceAll('\r\n', '\n'));
});

test('a message without secrets is not copied, and bytes that are no text stay what they are', () => {
  const plain = Buffer.from(description('a=sendrecv', 'a=fingerprint:sha-256 00:11', 'a=ice-ufrag:abcd'));
  assert.equal(blankSecrets(plain), plain);
  const bytes = Buffer.concat([Buffer.from(message('Authorization: Digest response="0123abcd"'), 'latin1'), Buffer.from([0, 0xff, 0xc3, 0x28])]);
  const safe = blankSecrets(bytes);
  assert.equal(safe.length, bytes.length);
  assert.deepEqual([...safe.subarray(-4)], [0, 0xff, 0xc3, 0x28]);
});
