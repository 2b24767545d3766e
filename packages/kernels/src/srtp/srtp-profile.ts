/** Numbers of the protection profiles, as DTLS negotiates them (RFC 5764 §4.1.2, RFC 7714 §14.2); beyond 16 bits those that only a description can agree on (RFC 6188). */
export const srtpProfile = {
  aes128CmSha1_80: 0x0001,
  aes128CmSha1_32: 0x0002,
  aes256CmSha1_80: 0x10000,
  aeadAes128Gcm: 0x0007,
  aeadAes256Gcm: 0x0008,
} as const;

export type SrtpProfile = (typeof srtpProfile)[keyof typeof srtpProfile];

/** The keys of one direction before session keys are derived from them (RFC 3711 §3.2.1). */
export interface SrtpMasterKey {
  readonly profile: SrtpProfile;
  /** 16 bytes, of the profiles with AES-256 32. */
  readonly key: Uint8Array;
  /** 14 bytes, of the AEAD profiles 12. */
  readonly salt: Uint8Array;
  /** The MKI (RFC 3711 §3.1) that packets carry which are received, {@link longestKeyIdentifier} bytes at most; without it they carry none. What is sent carries none. */
  readonly identifier?: Uint8Array;
}

/** RFC 4568 §6.1. */
export const longestKeyIdentifier = 128;

interface ProfileLengths {
  readonly keyBytes: number;
  readonly saltBytes: number;
  /** Of SRTP, and of SRTCP (RFC 3711 §5.2 shortens only the former). */
  readonly tagBytes: number;
  readonly rtcpTagBytes: number;
}

export const srtpProfileLengths: Readonly<Record<SrtpProfile, ProfileLengths>> = {
  [srtpProfile.aes128CmSha1_80]: { keyBytes: 16, saltBytes: 14, tagBytes: 10, rtcpTagBytes: 10 },
  [srtpProfile.aes128CmSha1_32]: { keyBytes: 16, saltBytes: 14, tagBytes: 4, rtcpTagBytes: 10 },
  [srtpProfile.aes256CmSha1_80]: { keyBytes: 32, saltBytes: 14, tagBytes: 10, rtcpTagBytes: 10 },
  [srtpProfile.aeadAes128Gcm]: { keyBytes: 16, saltBytes: 12, tagBytes: 16, rtcpTagBytes: 16 },
  [srtpProfile.aeadAes256Gcm]: { keyBytes: 32, saltBytes: 12, tagBytes: 16, rtcpTagBytes: 16 },
};

/** How many bytes of keying material DTLS has to export for a profile: key and salt of both sides (RFC 5764 §4.2). */
export function keyingMaterialBytes(profile: SrtpProfile): number {
  const { keyBytes, saltBytes } = srtpProfileLengths[profile];
  return 2 * (keyBytes + saltBytes);
}

/**
 * Who protects with what after a DTLS handshake (RFC 5764 §4.2): the client's key, the server's key, the client's salt, the server's salt.
 * @throws {RangeError} Where the material is not as long as the profile says.
 */
export function splitKeyingMaterial(profile: SrtpProfile, material: Uint8Array): { readonly client: SrtpMasterKey; readonly server: SrtpMasterKey } {
  const { keyBytes, saltBytes } = srtpProfileLengths[profile];
  if (material.length !== keyingMaterialBytes(profile)) throw new RangeError(`Keying material of ${keyingMaterialBytes(profile)} bytes is needed, not of ${material.length}.`);
  const part = (start: number, length: number): Uint8Array => material.slice(start, start + length);
  return {
    client: { profile, key: part(0, keyBytes), salt: part(2 * keyBytes, saltBytes) },
    server: { profile, key: part(keyBytes, keyBytes), salt: part(2 * keyBytes + saltBytes, saltBytes) },
  };
}
