import { createCipheriv } from 'node:crypto';
import { type SrtpMasterKey, srtpProfile, srtpProfileLengths } from './srtp-profile.ts';

/** What packets of one protocol are protected with. */
export interface SessionKeys {
  readonly cipherKey: Uint8Array;
  readonly salt: Uint8Array;
  /** HMAC-SHA1, 20 bytes; of the AEAD profiles empty. */
  readonly authenticationKey: Uint8Array;
  readonly tagBytes: number;
}

const saltOctets = 14;
const authenticationKeyBytes = 20;
const aeadProfiles: ReadonlySet<number> = new Set([srtpProfile.aeadAes128Gcm, srtpProfile.aeadAes256Gcm]);

/**
 * Session keys of a direction (RFC 3711 §4.3.1, §4.3.2, with the lengths of RFC 6188 §2 and RFC 7714 §11), without a key derivation rate.
 * @throws {RangeError} Where key or salt is not as long as the profile says.
 */
export function deriveSessionKeys(master: SrtpMasterKey): { readonly rtp: SessionKeys; readonly rtcp: SessionKeys } {
  const { keyBytes, saltBytes, tagBytes, rtcpTagBytes } = srtpProfileLengths[master.profile];
  if (master.key.length !== keyBytes || master.salt.length !== saltBytes) {
    throw new RangeError(`This SRTP profile has keys of ${keyBytes} and salts of ${saltBytes} bytes, not of ${master.key.length} and ${master.salt.length}.`);
  }
  const authenticationBytes = aeadProfiles.has(master.profile) ? 0 : authenticationKeyBytes;
  const keysOf = (firstLabel: number, tag: number): SessionKeys => ({
    tagBytes: tag,
    cipherKey: deriveKey(master, firstLabel, keyBytes),
    authenticationKey: deriveKey(master, firstLabel + 1, authenticationBytes),
    salt: deriveKey(master, firstLabel + 2, saltBytes),
  });
  return { rtp: keysOf(0, tagBytes), rtcp: keysOf(3, rtcpTagBytes) };
}

/** The keystream of AES counter mode that begins at `salt XOR (label ‖ 0^48)` (RFC 3711 §4.3.3); a salt of 96 bits has zeros behind it (RFC 7714 §11). */
function deriveKey({ key, salt }: SrtpMasterKey, label: number, length: number): Uint8Array {
  const counter = new Uint8Array(16);
  counter.set(salt);
  counter[saltOctets - 7] = (counter[saltOctets - 7] ?? 0) ^ label;
  return createCipheriv(key.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr', key, counter).update(new Uint8Array(length));
}
