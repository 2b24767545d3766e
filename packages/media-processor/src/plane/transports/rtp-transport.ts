import { isDeepStrictEqual } from 'node:util';
import type { AgentTable, IceCredentials, LiteAgent, ValidPair } from '@dialplane/ice';
import type { MediaFailure } from '@dialplane/media-api';
import type { Instant } from '@dialplane/sansio';
import { parseIpAddress, sameIpAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import type { RtpAddress, RtpTransportSettings, TransportSettings } from '../../process-api/leg-settings.ts';
import { DtlsHandshake } from './dtls-handshake.ts';
import { OutboundLine } from '../forwarding/outbound-line.ts';
import { type LegTransport, type LegTransportParts, noContext, type TransportState, unprotected } from './leg-transport.ts';
import { PacketBudget } from '../packets/packet-budget.ts';
import type { RtpPortPair, RtpPorts } from './rtp-ports.ts';
import { SourceLatch } from './source-latch.ts';

/** Of who has not proven yet to be the telephone: a few packets a second are looked at. */
const unprovenBytesPerSecond = 20_000;

export interface RtpTransportParts<Owner> extends LegTransportParts<Owner> {
  readonly ports: RtpPorts<RtpTransport<Owner>>;
  /** For those whose other side checks. */
  readonly agents: AgentTable<RtpTransport<Owner>>;
}

/**
 * The way to a carrier or a SIP phone: a pair of ports, RTP that is plain or secured by keys of the description (RFC 4568) or of DTLS (RFC 5763), and RTCP beside it or above it. Without ICE,
 * which few have, nobody proves to be reachable: it counts as connected once it is described and has its keys.
 */
export class RtpTransport<Owner> implements LegTransport<Owner> {
  readonly kind = 'rtp';
  readonly owner: Owner;
  readonly generation = 1;
  readonly line: OutboundLine;
  rtcpRoute: ValidPair | undefined;
  inbound = noContext;
  readonly latch: SourceLatch;
  /** Who else sent something last, which was not taken. */
  stranger: { readonly source: TransportAddress; readonly at: Instant } | undefined;
  /** When the network said that nobody is where we send to, and what it said (ICMP type and code). */
  unreachable: { readonly at: Instant; readonly icmp: string } | undefined;
  private readonly parts: RtpTransportParts<Owner>;
  private readonly ports: RtpPortPair;
  private readonly unproven: PacketBudget;
  private readonly checks: PacketBudget;
  private agent: LiteAgent<RtpTransport<Owner>> | undefined;
  private handshake: DtlsHandshake | undefined;
  private security: RtpTransportSettings['security'] | undefined;
  private rtcp: 'muxed' | 'apart' = 'apart';
  private current: TransportState = { kind: 'handshaking' };

  private constructor(owner: Owner, ports: RtpPortPair, parts: RtpTransportParts<Owner>, now: Instant) {
    this.owner = owner;
    this.ports = ports;
    this.parts = parts;
    this.line = new OutboundLine(parts.tables.lines);
    this.latch = new SourceLatch(now);
    this.unproven = new PacketBudget(unprovenBytesPerSecond, now);
    this.checks = new PacketBudget(unprovenBytesPerSecond, now);
  }

  /** Opens ports at an address of the machine. @returns a sentence where there are none. */
  static open<Owner>(owner: Owner, address: string, parts: RtpTransportParts<Owner>, now: Instant): RtpTransport<Owner> | string {
    const ports = parts.ports.open(address);
    if (typeof ports === 'string') return ports;
    const transport = new RtpTransport(owner, ports, parts, now);
    parts.ports.give(ports, transport);
    return transport;
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

  /** Of RTP; that of RTCP is the next. */
  get port(): number {
    return this.ports.port;
  }

  update(settings: TransportSettings, now: Instant): void {
    if (settings.kind !== 'rtp' || this.current.kind === 'ended') return;
    this.latch.describe(addressOf(settings.remote), now);
    this.rtcp = settings.remoteRtcp === 'muxed' ? 'muxed' : 'apart';
    this.follow();
    const rtcp = settings.remoteRtcp === 'muxed' ? undefined : addressOf(settings.remoteRtcp);
    if (rtcp !== undefined) this.rtcpRoute = { socket: this.ports.rtcpSocket, remote: rtcp };
    this.followIce(settings.ice, now);
    this.secure(settings.security, now);
  }

  /** What to do with a datagram of RTP or DTLS that came to the port of RTP: take it, take it once it is proven, or drop it. */
  admits(source: TransportAddress, length: number, now: Instant): 'take' | 'prove' | 'drop' {
    const admission = this.latch.admits(source, now);
    if (admission === 'take' || (admission === 'prove' && this.unproven.take(length, now))) return admission;
    if (this.stranger === undefined || now - this.stranger.at >= 1000) this.stranger = { source: transportAddress(source, source.port), at: now };
    return 'drop';
  }

  /** Whether a STUN message that came to the port of RTP is looked at: the other side checks, and nobody sends too many of them. */
  admitsCheck(length: number, now: Instant): boolean {
    return this.agent !== undefined && this.checks.take(length, now);
  }

  /** An authentic check came. */
  handleCheck(): void {
    const { agent } = this;
    if (agent?.state.kind === 'connected' && this.latch.nominate(agent.state.selected.remote)) this.follow();
  }

  /** Whether RTCP is taken from there: from the host that RTP comes from or is sent to. */
  admitsRtcp(source: TransportAddress): boolean {
    const { remote, description } = this.latch;
    return (remote !== undefined && sameIpAddress(remote, source)) || (description !== undefined && sameIpAddress(description, source));
  }

  /** Plain RTP came from who is not known: whether that is the one. */
  prove(source: TransportAddress, ssrc: number, sequenceNumber: number, now: Instant): boolean {
    const isProven = this.latch.prove(source, ssrc, sequenceNumber, now);
    if (isProven) this.follow();
    return isProven;
  }

  /** RTP was taken: it is authentic, or plain from who is known. */
  handleRtp(source: TransportAddress, ssrc: number, now: Instant): void {
    if (this.latch.note(source, ssrc, now)) this.follow();
  }

  /** RTCP was taken, to the port that `socket` is: it is answered there. */
  handleRtcp(socket: number, source: TransportAddress): void {
    if (this.rtcp === 'muxed') return;
    const { rtcpRoute } = this;
    if (rtcpRoute?.socket === socket && rtcpRoute.remote.port === source.port && sameIpAddress(rtcpRoute.remote, source)) return;
    this.rtcpRoute = { socket, remote: transportAddress(source, source.port) };
  }

  handleDtls(datagram: Uint8Array, source: TransportAddress, now: Instant): void {
    if (this.handshake === undefined || this.current.kind === 'ended') return;
    // Who shakes hands proves itself by its certificate; until then it is answered where it is.
    if (this.current.kind === 'handshaking') this.line.route = { socket: this.ports.rtpSocket, remote: transportAddress(source, source.port) };
    this.handshake.feed(datagram, now);
  }

  /** The network says that nobody is where we sent to. */
  handleUnreachable(type: number, code: number, now: Instant): void {
    this.unreachable = { at: now, icmp: `ICMP ${type}/${code}` };
  }

  handleTimeout(now: Instant): void {
    this.handshake?.handleTimeout(now);
  }

  end(now: Instant, reason?: MediaFailure): void {
    if (this.current.kind === 'ended') return;
    this.handshake?.end();
    // What was gathered goes by sockets and keys that are about to go.
    this.parts.sender.flush();
    this.closeContexts();
    if (this.agent !== undefined) this.parts.agents.remove(this.agent);
    this.parts.ports.close(this.ports);
    this.line.close();
    this.rtcpRoute = undefined;
    this.become(reason === undefined ? { kind: 'ended' } : { kind: 'ended', reason }, now);
  }

  /** Sends to where the other side is. */
  private follow(): void {
    const { remote } = this.latch;
    this.line.route = remote === undefined ? undefined : { socket: this.ports.rtpSocket, remote };
    if (this.rtcp === 'muxed') this.rtcpRoute = this.route;
  }

  /** Other credentials are a restart (RFC 8445 §9); those before stay until the first check with them. */
  private followIce(credentials: IceCredentials | undefined, now: Instant): void {
    const { agent, parts } = this;
    if (credentials === undefined || agent?.usernameFragments.includes(credentials.usernameFragment) === true) return;
    if (agent === undefined) this.agent = parts.agents.add(this, credentials, now);
    else parts.agents.restart(agent, credentials);
  }

  private secure(security: RtpTransportSettings['security'], now: Instant): void {
    const before = this.security;
    if (!isDeepStrictEqual(before, security)) this.rekey(security, before);
    this.security = security;
    if (security.kind === 'dtls') this.handshake?.begin(now);
    else if (this.current.kind === 'handshaking') this.become({ kind: 'connected' }, now);
  }

  /** A key that goes on keeps its context, and with it the numbers that were used (RFC 3711 §9.1). */
  private rekey(security: RtpTransportSettings['security'], before: RtpTransportSettings['security'] | undefined): void {
    const { srtp, sender } = this.parts;
    sender.flush();
    this.handshake?.end();
    this.handshake = undefined;
    if (security.kind === 'sdes') {
      const kept = before?.kind === 'sdes' ? before : undefined;
      const keepsInbound = isDeepStrictEqual(kept?.inbound, security.inbound);
      const keepsOutbound = isDeepStrictEqual(kept?.outbound, security.outbound);
      this.closeContexts(keepsInbound, keepsOutbound);
      if (!keepsInbound) this.inbound = srtp.openInbound(security.inbound);
      if (!keepsOutbound) this.line.context = srtp.openOutbound(security.outbound);
      return;
    }
    this.closeContexts();
    if (security.kind === 'none') this.inbound = this.line.context = unprotected;
    else this.openHandshake(security);
  }

  private openHandshake({ role, remoteFingerprint }: Extract<RtpTransportSettings['security'], { readonly kind: 'dtls' }>): void {
    const { identity, srtp, sender, log } = this.parts;
    this.handshake = new DtlsHandshake({
      identity, srtp, role, remoteFingerprint, log,
      send: (datagram) => {
        if (this.route !== undefined) sender.addPlain(this.route, datagram);
      },
      onSecured: (inbound, outbound, at) => {
        this.inbound = inbound;
        this.line.context = outbound;
        if (this.current.kind === 'handshaking') this.become({ kind: 'connected' }, at);
      },
      onFailure: (reason, at) => this.end(at, reason),
    });
  }

  private closeContexts(keepsInbound = false, keepsOutbound = false): void {
    const { srtp } = this.parts;
    if (!keepsInbound && this.inbound >= 0) srtp.close(this.inbound);
    if (!keepsOutbound && this.outbound >= 0) srtp.close(this.outbound);
    if (!keepsInbound) this.inbound = noContext;
    if (!keepsOutbound) this.line.context = noContext;
  }

  private become(next: TransportState, now: Instant): void {
    this.current = next;
    this.parts.onState(this, now);
  }
}

/** `undefined` for nowhere. */
function addressOf({ address, port }: RtpAddress): TransportAddress | undefined {
  const ip = parseIpAddress(address);
  return ip === undefined || (ip.w0 | ip.w1 | ip.w2 | ip.w3) === 0 ? undefined : transportAddress(ip, port);
}
