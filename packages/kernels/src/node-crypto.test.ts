import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { nodeCrypto } from './node-crypto.ts';

const data = Uint8Array.from({ length: 300 }, (_, index) => index);
const chunks = [data.subarray(0, 4), data.subarray(4, 100), data.subarray(100)];

test('the hashes are those of the standards, whoever the key was used by before', () => {
  for (const length of [1, 16, 20, 32, 64, 100]) {
    const key = data.slice(0, length);
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(Buffer.from(nodeCrypto.hmacSha1(key, chunks)), createHmac('sha1', key).update(data).digest());
      assert.deepEqual(Buffer.from(nodeCrypto.hmacSha256(key, chunks)), createHmac('sha256', key).update(data).digest());
    }
  }
  assert.deepEqual(Buffer.from(nodeCrypto.md5(data)), createHash('md5').update(data).digest());
  assert.deepEqual(Buffer.from(nodeCrypto.sha256(data)), createHash('sha256').update(data).digest());
});

test('different keys of equal content, and equal prefixes of a buffer, stay apart', () => {
  const buffer = new Uint8Array(32).fill(7);
  const [short, long] = [buffer.subarray(0, 16), buffer.subarray(0, 32)];
  assert.notDeepEqual(nodeCrypto.hmacSha1(short, chunks), nodeCrypto.hmacSha1(long, chunks));
  assert.deepEqual(nodeCrypto.hmacSha1(short, chunks), nodeCrypto.hmacSha1(short.slice(), chunks));
});
