import type { TransportAddress } from '@dialplane/stun';
import type { IcmpError } from '../attributes/peer-attributes.ts';

/** How a client reaches the server: with the server's own socket this is the 5-tuple of RFC 8656 §3.3. */
export type ClientPath =
  /** `listener` is the driver's number for the local UDP socket: different local addresses have different numbers. */
  | { readonly kind: 'datagram'; readonly listener: number; readonly remote: TransportAddress }
  /** `connection` is the driver's number for a TCP or TLS connection, never used twice. */
  | { readonly kind: 'stream'; readonly connection: number; readonly remote: TransportAddress };

export type DatagramPath = Extract<ClientPath, { kind: 'datagram' }>;
export type StreamPath = Extract<ClientPath, { kind: 'stream' }>;

/** Why a relay could not be opened. */
export type RelayFailure = 'insufficientCapacity' | 'unsupportedFamily' | 'serverError';

/** What a driver tells the server. Bytes are views that the machine reads during the call only. */
export type TurnServerInput =
  | { readonly kind: 'clientDatagram'; readonly path: DatagramPath; readonly bytes: Uint8Array }
  /** One frame of a {@link StreamFramer}. */
  | { readonly kind: 'clientFrame'; readonly path: StreamPath; readonly bytes: Uint8Array }
  | { readonly kind: 'clientClosed'; readonly connection: number }
  /** Answers `openRelay`; `address` is the one peers see. With a `next` relay, that has the next port and is open too. */
  | { readonly kind: 'relayOpened'; readonly relay: number; readonly address: TransportAddress }
  /** Answers `openRelay` (then its `next` is not open either), or tells that the socket of an open relay broke. */
  | { readonly kind: 'relayFailed'; readonly relay: number; readonly reason: RelayFailure }
  | { readonly kind: 'relayDatagram'; readonly relay: number; readonly peer: TransportAddress; readonly bytes: Uint8Array }
  /** A relay's socket learned of an ICMP error for what it sent to `peer` (port 0 where unknown). */
  | { readonly kind: 'relayIcmp'; readonly relay: number; readonly peer: TransportAddress; readonly icmp: IcmpError }
  /** Answer `connectPeer`. */
  | { readonly kind: 'peerConnected'; readonly peerConnection: number }
  | { readonly kind: 'peerFailed'; readonly peerConnection: number }
  /** A peer connected to a TCP relay; `handle` is the driver's number for it until `adoptPeer` gives it another. */
  | { readonly kind: 'peerAccepted'; readonly relay: number; readonly handle: number; readonly peer: TransportAddress }
  | { readonly kind: 'peerClosed'; readonly peerConnection: number }
  /** The username is no longer welcome: its allocations end. */
  | { readonly kind: 'usernameRevoked'; readonly username: string }
  /** The driver failed at something it did for this client: its allocation ends, as after `relayFailed`. */
  | { readonly kind: 'clientFailed'; readonly path: ClientPath }
  /** The `stopped` record of this slot is kept elsewhere (`slotsFreed`). */
  | { readonly kind: 'usageTaken'; readonly slot: number }
  /** Bytes that the driver moved between two bound streams since it last said so. */
  | { readonly kind: 'streamsRelayed'; readonly peerConnection: number; readonly toPeerBytes: number; readonly toClientBytes: number };
