import type { Instant, Randomness } from '@dialplane/sansio';
import type { LongTermCredentialSource, StunCrypto, TransportAddress } from '@dialplane/stun';
import type { AddressFamily, RelayTransport } from '../turn-numbers.ts';
import type { ClientPath } from './server-input.ts';

/** Who may be reached through the relay. Asked when a permission, channel or connection is requested, not per packet. */
export interface PeerPolicy {
  /** @param peer its port is 0 where a permission for all ports of an address is asked for. */
  permits(peer: TransportAddress, username: string): boolean;
}

/** A client that has authenticated and asks for an allocation. */
export interface AdmissionRequest {
  readonly username: string;
  readonly path: ClientPath;
  readonly transport: RelayTransport;
  /** Allocations and reservations that this username holds. */
  readonly held: number;
}

/** The answer of an {@link AdmissionPolicy}. */
export type Admission =
  /** `bytesPerSecond` limits what all allocations of the username relay together, both directions; what exceeds it is dropped (RFC 8656 §5). */
  | { readonly kind: 'admitted'; readonly bytesPerSecond?: number }
  | { readonly kind: 'refused'; readonly code: 403 | 486 | 508 }
  | { readonly kind: 'redirected'; readonly alternate: TransportAddress; readonly domain?: string };

/** Who may have an allocation (RFC 8656 §7.2, steps 10 and 11). */
export interface AdmissionPolicy {
  admit(request: AdmissionRequest, now: Instant): Admission;
}

/** Bounds on what clients can make the server keep. */
export interface TurnServerLimits {
  /** Also the number of slots in the counters. */
  readonly allocations: number;
  readonly permissionsPerRelay: number;
  readonly channelsPerRelay: number;
  readonly peerConnectionsPerAllocation: number;
}

/** Defaults: 1,000 allocations, 64 permissions and 64 channels a relay, 16 peer connections an allocation. */
export const defaultTurnServerLimits: TurnServerLimits = { allocations: 1000, permissionsPerRelay: 64, channelsPerRelay: 64, peerConnectionsPerAllocation: 16 };

/** Everything a {@link TurnServer} is made of. */
export interface TurnServerOptions {
  readonly realm: string;
  /** SOFTWARE of responses to authenticated clients; strangers are not told, and their answers stay short. */
  readonly software?: string;
  readonly crypto: StunCrypto;
  readonly randomness: Randomness;
  /** At least 16 secret random bytes, for the nonces. */
  readonly nonceSecret: Uint8Array;
  readonly credentials: LongTermCredentialSource;
  readonly peers: PeerPolicy;
  readonly admission: AdmissionPolicy;
  /** Families that relays can be opened for. */
  readonly families: ReadonlySet<AddressFamily>;
  /** Transports that relays can be opened for. */
  readonly transports: ReadonlySet<RelayTransport>;
  /** Whether the driver can set the DF bit; without it DONT-FRAGMENT is an unknown attribute (RFC 8656 §7.2). */
  readonly canSetDontFragment: boolean;
  readonly limits?: Partial<TurnServerLimits>;
  /**
   * Live totals, four numbers for each allocation the limits permit; by default in memory of the machine's own. A driver that backs it by a
   * file knows after a crash what was relayed and not yet in the ledger.
   */
  readonly counters?: Float64Array;
  /** Longest lifetime granted, at least the default of 600 (RFC 8656 §7.2). Default 3600. */
  readonly longestLifetimeSeconds?: number;
  /** How often the usage of a running allocation is told. Default 60000. */
  readonly usageIntervalMs?: number;
}
