import type { CredentialFailure, TransportAddress } from '@dialplane/stun';
import type { AddressError } from '../attributes/allocation-attributes.ts';
import type { IcmpError } from '../attributes/peer-attributes.ts';
import type { AddressFamily, RelayTransport } from '../turn-numbers.ts';

/** What an Allocate request asks for (RFC 8656 §7.1, RFC 6062 §4.1). */
export interface AllocateWish {
  readonly transport?: RelayTransport;
  /** One family, or `dual`; IPv4 by default. */
  readonly family?: AddressFamily | 'dual';
  readonly lifetimeSeconds?: number;
  readonly port?: 'even' | 'evenAndNext';
  readonly reservationToken?: string;
  readonly dontFragment?: boolean;
}

/** What a client is told. Bytes are views that it reads during the call only. */
export type TurnClientInput =
  | { readonly kind: 'allocate'; readonly wish: AllocateWish }
  /** Asks for permission towards these peers' addresses, and keeps it up; 64 peers a request, each answered by an output of its own. */
  | { readonly kind: 'permit'; readonly peers: readonly TransportAddress[] }
  /** Asks for a channel to this peer, and keeps it up together with its permission. */
  | { readonly kind: 'bindChannel'; readonly peer: TransportAddress }
  /** Sends application data: over the peer's channel where one is bound, else as a Send indication. Lost without a permission. */
  | { readonly kind: 'send'; readonly peer: TransportAddress; readonly bytes: Uint8Array }
  /** TCP relays: have the server connect to this peer. */
  | { readonly kind: 'connectPeer'; readonly peer: TransportAddress }
  | { readonly kind: 'release' }
  /** A datagram, or one frame of a {@link StreamFramer}. */
  | { readonly kind: 'received'; readonly bytes: Uint8Array }
  /** The stream is closed, or ICMP says that the server is not there. */
  | { readonly kind: 'pathFailed' };

/** Which request the server refused. */
export type RefusedRequest = 'permit' | 'bindChannel' | 'connectPeer';

/** Why a client has no allocation any more, or never got one. */
export type TurnClientEnd =
  | 'released'
  /** The server refused: see the code beside it. */
  | 'refused'
  /** The server no longer knows the allocation (437). */
  | 'allocationLost'
  | 'timedOut'
  | 'integrityViolated'
  | 'pathFailed'
  | 'unknownAttribute'
  | CredentialFailure;

/** What a client wants done or has to tell. Bytes belong to the receiver. */
export type TurnClientOutput =
  | { readonly kind: 'send'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'allocated';
      readonly relayed: readonly TransportAddress[];
      /** How the server sees the client; `undefined` where it did not say. */
      readonly mapped: TransportAddress | undefined;
      readonly lifetimeSeconds: number;
      readonly reservationToken: string | undefined;
      readonly addressError: AddressError | undefined;
    }
  | { readonly kind: 'permitted'; readonly peers: readonly TransportAddress[] }
  | { readonly kind: 'channelBound'; readonly peer: TransportAddress; readonly channel: number }
  | { readonly kind: 'data'; readonly peer: TransportAddress; readonly bytes: Uint8Array }
  | { readonly kind: 'unreachable'; readonly peer: TransportAddress; readonly icmp: IcmpError }
  /** Answer with a {@link ConnectionBindClient} on a new stream. */
  | { readonly kind: 'connectionAttempt'; readonly connectionId: number; readonly peer: TransportAddress }
  | { readonly kind: 'peerConnected'; readonly connectionId: number; readonly peer: TransportAddress }
  | { readonly kind: 'refused'; readonly request: RefusedRequest; readonly code: number; readonly reason: string; readonly peers: readonly TransportAddress[] }
  /** The last output. `code` with `refused`: the server's. */
  | { readonly kind: 'ended'; readonly reason: TurnClientEnd; readonly code?: number; readonly alternate?: TransportAddress };
