import { timingSafeEqual } from 'node:crypto';

/** Whether the certificate that came is the one that was announced (RFC 8122 §5); in constant time. */
export function sameFingerprint(announced: Uint8Array, seen: Uint8Array): boolean {
  return announced.length === seen.length && timingSafeEqual(announced, seen);
}
