import type { SipHeaders } from '../message/sip-headers.ts';

/** What a network lets through before the answer (RFC 5009 §4): directions for each media section in their order. */
export type EarlyMediaDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

const directions: readonly EarlyMediaDirection[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** The directions of P-Early-Media, as the sender of the message sees them; `undefined` where it says nothing about them. */
export function readEarlyMedia(headers: SipHeaders): readonly EarlyMediaDirection[] | undefined {
  if (!headers.has('P-Early-Media')) return undefined;
  return headers.all('P-Early-Media').flatMap((value) => directions.find((direction) => direction === value.toLowerCase()) ?? []);
}
