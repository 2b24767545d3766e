import type { Instant } from '@dialplane/sansio';
import type { TransportAddress } from '@dialplane/stun';
import type { AddressFamily, RelayTransport } from '../turn-numbers.ts';
import type { ClientPath } from './server-input.ts';

/** Which port a relay needs (RFC 8656 §7.2). `next` is the relay number of the reserved port above the even one. */
export type PortWish = { readonly kind: 'any' } | { readonly kind: 'even' } | { readonly kind: 'evenAndNext'; readonly next: number };

/** Why an allocation is gone. */
export type AllocationEnd = 'deleted' | 'expired' | 'clientClosed' | 'relayFailed' | 'revoked' | 'shutdown';

/** Application data relayed since the allocation began: UDP or TCP payload on the peer's side, without any framing of STUN, TURN or TLS. */
export interface RelayedTotals {
  readonly toPeerBytes: number;
  readonly toPeerPackets: number;
  readonly toClientBytes: number;
  readonly toClientPackets: number;
}

/** One row of the ledger. Totals only grow, so that the rows of an allocation can be checked against each other. */
export interface UsageRecord {
  readonly event: { readonly kind: 'started' } | { readonly kind: 'continued' } | { readonly kind: 'stopped'; readonly reason: AllocationEnd };
  /** Unique within the life of the machine. */
  readonly allocation: number;
  /** Where in the counters the live totals are: four numbers from `slot * 4`, in the order of {@link RelayedTotals}. */
  readonly slot: number;
  readonly username: string;
  readonly path: ClientPath;
  readonly transport: RelayTransport;
  readonly relayedAddresses: readonly TransportAddress[];
  readonly totals: RelayedTotals;
  readonly at: Instant;
}

/** What a driver has to do. Bytes belong to the driver. */
export type TurnServerOutput =
  | { readonly kind: 'sendToClient'; readonly path: ClientPath; readonly bytes: Uint8Array }
  /** `path` is the client's: a machine with several addresses relays on the one that the client knows. */
  | { readonly kind: 'openRelay'; readonly relay: number; readonly path: ClientPath; readonly transport: RelayTransport; readonly family: AddressFamily; readonly port: PortWish }
  /** Also withdraws an `openRelay` that is not answered yet. */
  | { readonly kind: 'closeRelay'; readonly relay: number }
  | { readonly kind: 'sendToPeer'; readonly relay: number; readonly peer: TransportAddress; readonly bytes: Uint8Array; readonly dontFragment: boolean }
  /** Connect from the relay's own address and port (RFC 6062 §5.2). */
  | { readonly kind: 'connectPeer'; readonly relay: number; readonly peerConnection: number; readonly peer: TransportAddress }
  | { readonly kind: 'adoptPeer'; readonly handle: number; readonly peerConnection: number }
  | { readonly kind: 'refusePeer'; readonly handle: number }
  /** From here on bytes go between the two as they are; what a peer sent before is kept for the client. */
  | { readonly kind: 'bindStreams'; readonly connection: number; readonly peerConnection: number }
  | { readonly kind: 'closePeer'; readonly peerConnection: number }
  | { readonly kind: 'closeClient'; readonly connection: number }
  | { readonly kind: 'usage'; readonly record: UsageRecord };
