import type { Instant } from '@dialplane/sansio';
import type { IntegrityAlgorithm, IpAddress, TransportAddress } from '@dialplane/stun';
import type { AddressError } from '../attributes/allocation-attributes.ts';
import type { AddressFamily, RelayTransport } from '../turn-numbers.ts';
import type { RateBudget } from './rate-budget.ts';
import type { ReplyTo } from './replies.ts';

/** Who sent a request, and how its answer is protected. The key is kept, never the password (RFC 8656 §6). */
export interface Authenticated {
  readonly username: string;
  readonly key: Uint8Array;
  readonly responseIntegrity: IntegrityAlgorithm;
}

/** What a username holds together, whatever its allocations. */
export interface Account {
  readonly username: string;
  allocations: number;
  reservations: number;
  readonly budgets: readonly RateBudget[];
}

/** RFC 8656 §9: peers on `ip` may send to the relay, until it expires. */
export interface Permission {
  readonly ip: IpAddress;
  expiresAt: Instant;
}

/** RFC 8656 §12: a number for a peer, until it expires. Relays only while its permission lasts too. */
export interface Channel {
  readonly number: number;
  readonly peer: TransportAddress;
  readonly relay: Relay;
  permission: Permission;
  expiresAt: Instant;
}

/** One relayed transport address: being opened by the driver, open, or found impossible. */
export type RelayState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'open'; readonly address: TransportAddress }
  | { readonly kind: 'failed'; readonly code: 440 | 500 | 508 };

/** A relayed transport address of an allocation with what RFC 8656 §6 keeps for each. */
export interface Relay {
  readonly id: number;
  readonly family: AddressFamily;
  readonly allocation: Allocation;
  state: RelayState;
  expiresAt: Instant;
  permissions: Permission[];
  channels: Channel[];
}

/** Whether the client has its answer yet. */
export type AllocationState =
  /** The driver opens relays; `deadline` ends the wait. */
  | { readonly kind: 'opening'; readonly deadline: Instant; readonly lifetimeSeconds: number; readonly reserveNext: number | undefined }
  | { readonly kind: 'active'; readonly nextUsageAt: Instant };

/** RFC 8656 §6: one client's use of the relay, with one relayed address or (dual) two of different families. */
export interface Allocation {
  readonly id: number;
  readonly slot: number;
  readonly transport: RelayTransport;
  readonly account: Account;
  /** Tells the admission policy that it is gone. */
  readonly release: () => void;
  /** The request that created it: names the client's path and user, and a retransmission of it gets the same answer. */
  readonly createdBy: ReplyTo & { readonly by: Authenticated };
  state: AllocationState;
  relays: readonly Relay[];
  readonly channels: Map<number, Channel>;
  addressError: AddressError | undefined;
  reservationToken: string | undefined;
  /** When its timers are looked at next; entries of the heap that come earlier are ignored. */
  nextVisitAt: Instant;
  /** Sum of the totals in the last usage record. */
  told: number;
}
