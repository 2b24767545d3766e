import { stunKnownAttributes } from '@dialplane/stun';

/** Methods of RFC 8656 §17 and RFC 6062 §6.1. */
export const turnMethod = {
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
  connect: 0x00a,
  connectionBind: 0x00b,
  connectionAttempt: 0x00c,
} as const;

/** Attributes of RFC 8656 §18 and RFC 6062 §6.2. */
export const turnAttribute = {
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  evenPort: 0x0018,
  requestedTransport: 0x0019,
  dontFragment: 0x001a,
  reservationToken: 0x0022,
  connectionId: 0x002a,
  additionalAddressFamily: 0x8000,
  addressErrorCode: 0x8001,
  icmp: 0x8004,
  /** ADDITIONAL-ADDRESS-FAMILY as coturn still numbers it (draft-martinsen-tram-ssoda): in requests it means the same. */
  additionalAddressFamilyOfDraft: 0x8032,
} as const;

/** Comprehension-required attributes that an agent of this package understands. */
export const turnKnownAttributes: ReadonlySet<number> = new Set([...stunKnownAttributes, ...Object.values(turnAttribute).filter((type) => type < 0x8000)]);

/** The codes a TURN server answers with, and their phrases (RFC 8489 §14.8, RFC 8656 §19, RFC 6062 §6.3). */
export const turnErrorReasons = {
  300: 'Try Alternate',
  400: 'Bad Request',
  401: 'Unauthenticated',
  403: 'Forbidden',
  420: 'Unknown Attribute',
  437: 'Allocation Mismatch',
  438: 'Stale Nonce',
  440: 'Address Family not Supported',
  441: 'Wrong Credentials',
  442: 'Unsupported Transport Protocol',
  443: 'Peer Address Family Mismatch',
  446: 'Connection Already Exists',
  447: 'Connection Timeout or Failure',
  486: 'Allocation Quota Reached',
  500: 'Server Error',
  508: 'Insufficient Capacity',
} as const;

export type TurnErrorCode = keyof typeof turnErrorReasons;

/** Between server and peers (RFC 8656 §18.8, RFC 6062 §4.1). */
export type RelayTransport = 'udp' | 'tcp';
export type AddressFamily = 4 | 6;
