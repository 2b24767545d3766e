import { type DtlsAssociation, type DtlsConnected, type DtlsIdentity, type DtlsStep, sameFingerprint, splitKeyingMaterial, type Srtp } from '@dialplane/kernels';
import type { AgentTable, LiteAgent, ValidPair } from '@dialplane/ice';
import type { MediaFailure } from '@dialplane/media-api';
import { addMilliseconds, type Instant, invariant } from '@dialplane/sansio';
import type { TransportSettings } from '../process-api/leg-settings.ts';
import type { PacketSender } from './packet-sender.ts';

/** A client that is reached and does not get through its handshake in this time is given up. */
const handshakeMs = 20_000;

/**
 * The way to a client.
 *
 * ```
 * handshaking ──DTLS with the announced certificate──▶ connected ◀──quiet──▶ interrupted
 *      └──────────────── failure, silence, end ────────────┴─────────────────────┴──────▶ ended
 * ```
 */
export type TransportState =
  | { readonly kind: 'handshaking' }
  | { readonly kind: 'connected' | 'interrupted' }
  | { readonly kind: 'ended'; /** None where we ended it. */ readonly reason?: MediaFailure };

/** What every transport of a process shares. */
export interface TransportParts<Owner> {
  readonly agents: AgentTable<LegTransport<Owner>>;
  readonly identity: DtlsIdentity;
  readonly srtp: Srtp;
  readonly sender: PacketSender;
  readonly onState: (transport: LegTransport<Owner>, now: Instant) => void;
  readonly log: (message: string) => void;
}

/** One ICE and DTLS association (RFC 8445, RFC 5764) and the keys that come of it. */
export class LegTransport<Owner> {
  readonly owner: Owner;
  readonly generation: number;
  /** Where to send; undefined until a check has come, and after the end. */
  route: ValidPair | undefined;
  /** Numbers of the SRTP contexts; -1 unless there are keys. */
  inbound = -1;
  outbound = -1;
  private readonly parts: TransportParts<Owner>;
  private readonly agent: LiteAgent<LegTransport<Owner>>;
  private readonly association: DtlsAssociation;
  private readonly dtlsRole: 'client' | 'server';
  private readonly remoteFingerprint: Uint8Array;
  private localFragment: string;
  private current: TransportState = { kind: 'handshaking' };
  private reachedAt: Instant | undefined;
  private dtlsDue: Instant | undefined;

  constructor(owner: Owner, settings: TransportSettings, parts: TransportParts<Owner>, now: Instant) {
    this.owner = owner;
    this.generation = settings.generation;
    this.parts = parts;
    this.dtlsRole = settings.dtlsRole;
    this.remoteFingerprint = settings.remoteFingerprint;
    this.localFragment = settings.local.usernameFragment;
    const agent = parts.agents.add(this, settings.local, now);
    invariant(agent !== undefined, 'the ICE credentials of a leg are usable and used once');
    this.agent = agent;
    this.association = parts.identity.openAssociation(settings.dtlsRole);
  }

  get state(): TransportState {
    return this.current;
  }

  /** Other local credentials are an ICE restart (RFC 8445 §9). */
  update({ local }: TransportSettings): void {
    if (local.usernameFragment === this.localFragment || this.current.kind === 'ended') return;
    invariant(this.parts.agents.restart(this.agent, local), 'the ICE credentials of a restart are usable and used once');
    this.localFragment = local.usernameFragment;
  }

  /** A check of the client was served. */
  handleCheck(now: Instant): void {
    if (this.current.kind === 'ended') return;
    this.followAgent(now);
    if (this.reachedAt !== undefined) return;
    this.reachedAt = now;
    if (this.dtlsRole === 'client') this.perform(this.association.start(), now);
  }

  /** A datagram of DTLS came from one of the addresses that checks came from. */
  handleDtls(datagram: Uint8Array, now: Instant): void {
    if (this.current.kind !== 'ended') this.perform(this.association.feed(datagram), now);
  }

  /** Packets of SRTP came that are its client's. */
  handleAuthentic(now: Instant): void {
    this.agent.handleAuthenticated(now);
    if (this.current.kind === 'interrupted') this.followAgent(now);
  }

  /** To be called several times a second. */
  handleTimeout(now: Instant): void {
    if (this.current.kind === 'ended') return;
    const iceDue = this.agent.pollTimeout();
    if (iceDue !== undefined && iceDue <= now) {
      this.agent.handleTimeout(now);
      this.followAgent(now);
    }
    if (this.dtlsDue !== undefined && this.dtlsDue <= now) this.perform(this.association.handleTimeout(), now);
    if (this.current.kind === 'handshaking' && this.reachedAt !== undefined && now - this.reachedAt >= handshakeMs) this.end(now, 'HANDSHAKE_FAILED');
  }

  /** Says goodbye, and forgets addresses and keys. */
  end(now: Instant, reason?: MediaFailure): void {
    if (this.current.kind === 'ended') return;
    const { parts, route } = this;
    if (route !== undefined) for (const datagram of this.association.close().datagrams) parts.sender.addPlain(route, datagram);
    // What was gathered is protected with keys that are about to go.
    parts.sender.flush();
    this.association.destroy();
    parts.agents.remove(this.agent);
    if (this.inbound >= 0) parts.srtp.close(this.inbound);
    if (this.outbound >= 0) parts.srtp.close(this.outbound);
    this.inbound = this.outbound = -1;
    this.route = undefined;
    this.become(reason === undefined ? { kind: 'ended' } : { kind: 'ended', reason }, now);
  }

  private followAgent(now: Instant): void {
    const { state } = this.agent;
    if (state.kind === 'expired') return this.end(now, 'CONSENT_EXPIRED');
    if (state.kind === 'waiting') return;
    this.route = state.selected;
    if (this.current.kind !== 'handshaking' && this.current.kind !== state.kind) this.become({ kind: state.kind }, now);
  }

  private perform({ datagrams, state, timeoutMs }: DtlsStep, now: Instant): void {
    const { route } = this;
    if (route !== undefined) for (const datagram of datagrams) this.parts.sender.addPlain(route, datagram);
    this.dtlsDue = timeoutMs === undefined ? undefined : addMilliseconds(now, timeoutMs);
    if (state.kind === 'connected' && this.inbound < 0) this.secure(state, now);
    else if (state.kind === 'closed') this.end(now, 'CLOSED_BY_PEER');
    else if (state.kind === 'failed') {
      this.parts.log(`A DTLS handshake failed: ${state.because}.`);
      this.end(now, 'HANDSHAKE_FAILED');
    }
  }

  /** RFC 5763 §5: nobody is there until the certificate is the one that signaling announced. */
  private secure({ profile, keyingMaterial, peerFingerprint }: DtlsConnected, now: Instant): void {
    if (!sameFingerprint(this.remoteFingerprint, peerFingerprint)) return this.end(now, 'FINGERPRINT_MISMATCH');
    const keys = splitKeyingMaterial(profile, keyingMaterial);
    const isServer = this.dtlsRole === 'server';
    this.inbound = this.parts.srtp.openInbound(isServer ? keys.client : keys.server);
    this.outbound = this.parts.srtp.openOutbound(isServer ? keys.server : keys.client);
    this.become({ kind: 'connected' }, now);
  }

  private become(next: TransportState, now: Instant): void {
    this.current = next;
    this.parts.onState(this, now);
  }
}
