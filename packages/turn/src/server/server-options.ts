import type { Instant, Randomness } from '@dialplane/sansio';
import type { IpAddress, LongTermCredentialSource, StunCrypto, TransportAddress } from '@dialplane/stun';
import type { AddressFamily, RelayTransport } from '../turn-numbers.ts';
import type { RateBudget } from './rate-budget.ts';
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
  /**
   * `budgets` limit what the username's allocations relay, both directions together; a packet that exceeds one is dropped (RFC 8656 §5). Budgets may be shared
   * between usernames; those of a username's first allocation count for all that it holds. `release` is called once, when the allocation is gone or
   * could not be opened.
   */
  | { readonly kind: 'admitted'; readonly budgets?: readonly RateBudget[]; readonly release?: () => void }
  | { readonly kind: 'refused'; readonly code: 403 | 486 | 508 }
  | { readonly kind: 'redirected'; readonly alternate: TransportAddress; readonly domain?: string };

/** Who may have an allocation (RFC 8656 §7.2, steps 10 and 11). */
export interface AdmissionPolicy {
  admit(request: AdmissionRequest, now: Instant): Admission;
}

/**
 * Who among strangers gets an answer. Asked before a request without valid credentials is answered with an error, so that
 * nobody can have a third party flooded by forging its address.
 */
export interface StrangerPolicy {
  permits(stranger: IpAddress, now: Instant): boolean;
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
  /** By default every stranger is answered. */
  readonly strangers?: StrangerPolicy;
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
  /**
   * `whenTaken`: the totals of an allocation that has ended stay in the counters until `usageTaken` frees their slot, so that a driver loses none that is not in its
   * ledger yet. Default `atEnd`.
   */
  readonly slotsFreed?: 'atEnd' | 'whenTaken';
  /** How often the usage of a running allocation is told. Default 60000. */
  readonly usageIntervalMs?: number;
}
