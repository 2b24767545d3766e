import type { AgentTable, LiteAgent, ValidPair } from '@dialplane/ice';
import type { MediaFailure } from '@dialplane/media-api';
import { type Instant, invariant } from '@dialplane/sansio';
import type { TransportSettings, WebrtcTransportSettings } from '../../process-api/leg-settings.ts';
import { DtlsHandshake } from './dtls-handshake.ts';
import { OutboundLine } from '../forwarding/outbound-line.ts';
import { type LegTransport, type LegTransportParts, noContext, type TransportState } from './leg-transport.ts';

export interface WebrtcTransportParts<Owner> extends LegTransportParts<Owner> {
  readonly agents: AgentTable<WebrtcTransport<Owner>>;
}

/** The way to a client: one ICE and DTLS association (RFC 8445, RFC 5764), RTCP beside RTP. */
export class WebrtcTransport<Owner> implements LegTransport<Owner> {
  readonly kind = 'webrtc';
  readonly owner: Owner;
  readonly generation: number;
  readonly line: OutboundLine;
  inbound = noContext;
  private readonly parts: WebrtcTransportParts<Owner>;
  private readonly agent: LiteAgent<WebrtcTransport<Owner>>;
  private readonly handshake: DtlsHandshake;
  private localFragment: string;
  private current: TransportState = { kind: 'handshaking' };

  constructor(owner: Owner, settings: WebrtcTransportSettings, parts: WebrtcTransportParts<Owner>, now: Instant) {
    this.owner = owner;
    this.generation = settings.generation;
    this.parts = parts;
    this.line = new OutboundLine(parts.tables.lines);
    this.localFragment = settings.local.usernameFragment;
    const agent = parts.agents.add(this, settings.local, now);
    invariant(agent !== undefined, 'the ICE credentials of a leg are usable and used once');
    this.agent = agent;
    this.handshake = new DtlsHandshake({
      identity: parts.identity, srtp: parts.srtp, role: settings.dtlsRole, remoteFingerprint: settings.remoteFingerprint, log: parts.log,
      send: (datagram) => this.send(datagram),
      onSecured: (inbound, outbound, at) => this.secure(inbound, outbound, at),
      onFailure: (reason, at) => this.end(at, reason),
    });
  }

  get route(): ValidPair | undefined {
    return this.line.route;
  }

  get outbound(): number {
    return this.line.context;
  }

  get state(): TransportState {
    return this.current;
  }

  get rtcpRoute(): ValidPair | undefined {
    return this.route;
  }

  /** Other local credentials are an ICE restart (RFC 8445 §9). */
  update(settings: TransportSettings): void {
    if (settings.kind !== 'webrtc' || settings.local.usernameFragment === this.localFragment || this.current.kind === 'ended') return;
    invariant(this.parts.agents.restart(this.agent, settings.local), 'the ICE credentials of a restart are usable and used once');
    this.localFragment = settings.local.usernameFragment;
  }

  /** A check of the client was served. */
  handleCheck(now: Instant): void {
    if (this.current.kind === 'ended') return;
    this.followAgent(now);
    this.handshake.begin(now);
  }

  /** A datagram of DTLS came from one of the addresses that checks came from. */
  handleDtls(datagram: Uint8Array, now: Instant): void {
    if (this.current.kind !== 'ended') this.handshake.feed(datagram, now);
  }

  /** Packets of SRTP came that are its client's. */
  handleAuthentic(now: Instant): void {
    this.agent.handleAuthenticated(now);
    if (this.current.kind === 'interrupted') this.followAgent(now);
  }

  handleTimeout(now: Instant): void {
    if (this.current.kind === 'ended') return;
    const iceDue = this.agent.pollTimeout();
    if (iceDue !== undefined && iceDue <= now) {
      this.agent.handleTimeout(now);
      this.followAgent(now);
    }
    this.handshake.handleTimeout(now);
  }

  end(now: Instant, reason?: MediaFailure): void {
    if (this.current.kind === 'ended') return;
    const { parts } = this;
    this.handshake.end();
    // What was gathered is protected with keys that are about to go.
    parts.sender.flush();
    parts.agents.remove(this.agent);
    if (this.inbound >= 0) parts.srtp.close(this.inbound);
    if (this.outbound >= 0) parts.srtp.close(this.outbound);
    this.inbound = this.line.context = noContext;
    this.line.close();
    this.become(reason === undefined ? { kind: 'ended' } : { kind: 'ended', reason }, now);
  }

  private send(datagram: Uint8Array): void {
    if (this.route !== undefined) this.parts.sender.addPlain(this.route, datagram);
  }

  private followAgent(now: Instant): void {
    const { state } = this.agent;
    if (state.kind === 'expired') return this.end(now, 'CONSENT_EXPIRED');
    if (state.kind === 'waiting') return;
    this.line.route = state.selected;
    if (this.current.kind !== 'handshaking' && this.current.kind !== state.kind) this.become({ kind: state.kind }, now);
  }

  private secure(inbound: number, outbound: number, now: Instant): void {
    this.inbound = inbound;
    this.line.context = outbound;
    this.become({ kind: 'connected' }, now);
  }

  private become(next: TransportState, now: Instant): void {
    this.current = next;
    this.parts.onState(this, now);
  }
}
