import assert from 'node:assert/strict';
import fc from 'fast-check';
import { loadKernel } from '../load-kernel.ts';
import { nodeCrypto } from '../node-crypto.ts';
import { nativeTest } from '../test-kernels.ts';
import { openStunCrypto } from './open-stun-crypto.ts';

nativeTest('hmac', 'the kernel signs as Node does: keys shorter and longer than a block, messages in parts, and one that it has no room for', () => {
  const crypto = openStunCrypto();
  assert.notEqual(crypto, nodeCrypto);
  const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
  fc.assert(fc.property(bytes(200), fc.array(bytes(800), { maxLength: 4 }), (key, chunks) => {
    assert.deepEqual([...crypto.hmacSha1(key, chunks)], [...nodeCrypto.hmacSha1(key, chunks)]);
  }));
});

nativeTest('hmac', 'a digest stays what it was when the next one is made (RFC 2202 §3)', () => {
  const { hmacSha1 } = openStunCrypto();
  const sign = (key: string, text: string): Uint8Array => hmacSha1(Buffer.from(key), [Buffer.from(text)]);
  const [first, second] = [sign('Jefe', 'what do ya want for nothing?'), sign('\x0b'.repeat(20), 'Hi There')];
  assert.equal(Buffer.from(first).toString('hex'), 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79');
  assert.equal(Buffer.from(second).toString('hex'), 'b617318655057264e28bc0b6fb378c8ef146be00');
});

nativeTest('hmac', 'what reaches outside the buffer is refused', () => {
  const kernel = loadKernel<{ sign(room: Uint8Array, key: Uint8Array, length: number): void }>('hmac');
  assert.ok(kernel.kind === 'loaded');
  for (const [size, length] of [[19, 0], [20, 1], [64, -1]] as const) assert.throws(() => kernel.exports.sign(new Uint8Array(size), new Uint8Array(1), length), RangeError);
});
