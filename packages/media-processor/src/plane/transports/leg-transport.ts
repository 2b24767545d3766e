import type { ValidPair } from '@dialplane/ice';
import type { DtlsIdentity, Srtp } from '@dialplane/kernels';
import type { MediaFailure } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import type { TransportSettings } from '../../process-api/leg-settings.ts';
import type { ForwardingTables } from '../forwarding/forwarding-tables.ts';
import type { OutboundLine } from '../forwarding/outbound-line.ts';
import type { PacketSender } from '../packets/packet-sender.ts';

/**
 * The way to who is on the other side of a leg.
 *
 * ```
 * handshaking ──reached, and its keys are there──▶ connected ◀──quiet──▶ interrupted
 *      └──────────────── failure, silence, end ────────────┴─────────────────────┴──────▶ ended
 * ```
 */
export type TransportState =
  | { readonly kind: 'handshaking' }
  | { readonly kind: 'connected' | 'interrupted' }
  | { readonly kind: 'ended'; /** None where we ended it. */ readonly reason?: MediaFailure };

/** In place of the number of an SRTP context: there are no keys yet, or no more. */
export const noContext = -1;
/** In place of the number of an SRTP context: packets go as they are, as only telephones have it. */
export const unprotected = -2;

/** What every transport of a process shares. */
export interface LegTransportParts<Owner> {
  readonly identity: DtlsIdentity;
  readonly srtp: Srtp;
  readonly sender: PacketSender;
  readonly tables: ForwardingTables;
  readonly onState: (transport: LegTransport<Owner>, now: Instant) => void;
  readonly log: (message: string) => void;
}

/** What a leg's packets come and go by: ICE and DTLS of a client, or ports of a telephone. */
export interface LegTransport<Owner> {
  readonly kind: 'webrtc' | 'rtp';
  readonly owner: Owner;
  /** Counts the transports of a leg from 1. */
  readonly generation: number;
  readonly state: TransportState;
  /** The same way out, as the kernel has it. */
  readonly line: OutboundLine;
  /** Where to send; undefined until that is known, and after the end. */
  readonly route: ValidPair | undefined;
  /** Where to send RTCP; likewise. */
  readonly rtcpRoute: ValidPair | undefined;
  /** Numbers of the SRTP contexts, {@link noContext} or {@link unprotected}. */
  readonly inbound: number;
  readonly outbound: number;
  /** Offer and answer were exchanged anew. */
  update(settings: TransportSettings, now: Instant): void;
  /** To be called several times a second. */
  handleTimeout(now: Instant): void;
  /** Says goodbye, and forgets addresses and keys. */
  end(now: Instant, reason?: MediaFailure): void;
}
