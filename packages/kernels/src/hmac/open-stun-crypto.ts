import { loadKernel } from '../load-kernel.ts';
import { nodeCrypto } from '../node-crypto.ts';

/** What native/hmac/module.cc exports. */
interface NativeHmac {
  /** Writes the digest of the `length` bytes behind the first {@link digestBytes} over those. */
  sign(room: Uint8Array, key: Uint8Array, length: number): void;
}

const digestBytes = 20;
/** Longer than any check, and than nearly every other message of STUN. */
const mostBytes = 1500;

/**
 * The hashes that STUN asks for, in this thread. HMAC-SHA1, by which every check of a client is proven and answered, is the kernel's: one call of 0.45 us, where `node:crypto` makes an object that
 * is asked three times, which takes 2.6 us, and several times that where its code is in no cache. The rest is {@link nodeCrypto}, as is all of it where the kernel is not built.
 */
export function openStunCrypto(): typeof nodeCrypto {
  const kernel = loadKernel<NativeHmac>('hmac');
  if (kernel.kind === 'absent') return nodeCrypto;
  const { sign } = kernel.exports;
  const room = new Uint8Array(new ArrayBuffer(digestBytes + mostBytes));
  return {
    ...nodeCrypto,
    hmacSha1: (key, chunks) => {
      let end = digestBytes;
      for (const { length } of chunks) end += length;
      if (end > room.length) return nodeCrypto.hmacSha1(key, chunks);
      let at = digestBytes;
      for (const chunk of chunks) {
        room.set(chunk, at);
        at += chunk.length;
      }
      sign(room, key, end - digestBytes);
      return room.slice(0, digestBytes);
    },
  };
}
