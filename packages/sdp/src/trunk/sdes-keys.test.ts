import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSdesKeys, withoutKeys } from './sdes-keys.ts';
import { readTrunkFixture } from './test-trunks.ts';

const key = 'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk';

test('keys that cannot be used are passed over', () => {
  const lines = [
    { id: 1, suite: 'AES_CM_128_HMAC_SHA1_80', config: `inline:${key}|2^20|1:0` },
    { id: 2, suite: 'F8_128_HMAC_SHA1_80', config: `inline:${key}` },
    { id: 3, suite: 'AES_CM_128_HMAC_SHA1_80', config: `inline:${key}`, sessionConfig: 'UNENCRYPTED_SRTP' },
    { id: 4, suite: 'AES_CM_128_HMAC_SHA1_80', config: `inline:${key.slice(2)}` },
    { id: 5, suite: 'AES_CM_128_HMAC_SHA1_80', config: `clear:${key}` },
    { id: 6, suite: 'AES_CM_128_HMAC_SHA1_80', config: `inline:${key};inline:${key}` },
    { id: 7, suite: 'aes_cm_128_hmac_sha1_80', config: `inline:${key}|2^31`, sessionConfig: 'WSH=1024' },
  ];
  assert.deepEqual(readSdesKeys(lines), [{ tag: 7, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: key, writtenSuite: 'aes_cm_128_hmac_sha1_80' }]);
});

test('a key with an identifier comes after those without one; packets have it in so many bytes', () => {
  const line = (id: number, config: string) => ({ id, suite: 'AES_CM_128_HMAC_SHA1_80', config: `inline:${key}${config}` });
  const keys = readSdesKeys([line(1, '|2^31|258:4'), line(2, '|1:1'), line(3, '|2^31'), line(4, '|256:1'), line(5, '|x:1'), line(6, '|1:129'), line(7, '|2^31|18446744073709551615:8')]);
  assert.deepEqual(keys.map(({ tag, identifier }) => [tag, identifier && [...identifier]]), [[3, undefined], [2, [1]], [1, [0, 0, 1, 2]], [7, Array.from({ length: 8 }, () => 255)]]);
});

test('a description for people has no keys', () => {
  const sdp = `${readTrunkFixture('border-controller')}k=clear:secret\r\n`;
  const shown = withoutKeys(sdp);
  assert.ok(!shown.includes('QUJD') && !shown.includes('MTIz') && !shown.includes('secret'));
  assert.equal(shown.split('\r\n').length, sdp.split('\r\n').length);
  assert.ok(shown.includes('a=crypto:3 AEAD_AES_256_GCM inline:...\r\n'));
});
