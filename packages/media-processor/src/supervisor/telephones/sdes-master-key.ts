import { srtpProfile, type SrtpMasterKey } from '@dialplane/kernels';
import { type SdesKey, type SdesSuite, sdesSuites } from '@dialplane/sdp';

const profiles: Readonly<Record<SdesSuite, SrtpMasterKey['profile']>> = {
  AEAD_AES_256_GCM: srtpProfile.aeadAes256Gcm,
  AEAD_AES_128_GCM: srtpProfile.aeadAes128Gcm,
  AES_256_CM_HMAC_SHA1_80: srtpProfile.aes256CmSha1_80,
  AES_CM_128_HMAC_SHA1_80: srtpProfile.aes128CmSha1_80,
  AES_CM_128_HMAC_SHA1_32: srtpProfile.aes128CmSha1_32,
};

/** What packets of a description's key are protected with (RFC 4568 §6.1): its first bytes are the key, the others the salt. */
export function masterKeyOf({ suite, keyAndSalt, identifier }: SdesKey): SrtpMasterKey {
  const bytes = new Uint8Array(Buffer.from(keyAndSalt, 'base64'));
  const { keyBytes, saltBytes } = sdesSuites[suite];
  return { profile: profiles[suite], key: bytes.slice(0, keyBytes), salt: bytes.slice(keyBytes, keyBytes + saltBytes), ...(identifier !== undefined && { identifier }) };
}
