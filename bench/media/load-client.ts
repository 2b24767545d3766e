import type { IceCredentials } from '@dialplane/ice';
import { type DtlsAssociation, type DtlsStep, splitKeyingMaterial, srtpKind, type SrtpMasterKey, type SrtpProfile } from '@dialplane/kernels';
import { ArrivalRecorder, parseRtcp, RtcpWriter } from '@dialplane/rtp';
import { instant } from '@dialplane/sansio';
import { ipv4Address, transportAddress, type TransportAddress } from '@dialplane/stun';
import { IceClient } from './ice-client.ts';
import type { LoadEngine } from './load-engine.ts';
import { readTransportSequence } from './transport-sequence.ts';

/** Where a server is reached. */
export interface ServerCandidate {
  /** IPv4 address. */
  readonly address: string;
  readonly port: number;
  readonly credentials: IceCredentials;
}

/** With what each side protects what it sends. */
export interface SrtpKeys {
  readonly client: SrtpMasterKey;
  readonly server: SrtpMasterKey;
}

/** Takes media of a client: a packet in the clear, where it is and when it came. */
export type PacketHandler = (slab: Uint8Array, offset: number, length: number, headerLength: number, nowMs: number) => void;

const checkIntervalMs = 50;
const consentIntervalMs = 4_000;
const reportIntervalMs = 1_000;
/** As browsers do. */
const feedbackIntervalMs = 100;
/** More than any server sends to one client. */
const unlimitedBps = 100_000_000;
/** How long a client may take to be connected. */
const patienceMs = 20_000;

/** One peer connection as a browser has it, as far as packets go: ICE controlling, DTLS client, SRTP. */
export class LoadClient {
  readonly ice = new IceClient();
  readonly socket: number;
  /** SRTP contexts; -1 before the handshake is over. */
  inbound = -1;
  outbound = -1;
  profile: SrtpProfile | undefined;
  remote = transportAddress(ipv4Address(0), 0);
  onPacket: PacketHandler = () => {};
  /** The server asks for a key frame of the stream (PLI, FIR). */
  onKeyFrameRequest: (ssrc: number) => void = () => {};
  /** SSRC in its reports: one that it sends, where it sends. */
  reporterSsrc = 1;
  private readonly engine: LoadEngine;
  private readonly association: DtlsAssociation;
  private readonly connected = Promise.withResolvers<void>();
  private readonly writer = new RtcpWriter();
  private readonly arrivals = new ArrivalRecorder();
  private phase: 'checking' | 'handshaking' | 'connected' | 'closed' = 'checking';
  private timer: NodeJS.Timeout | undefined;
  private handshakeTimer: NodeJS.Timeout | undefined;
  private reportTimer: NodeJS.Timeout | undefined;
  private feedbackTimer: NodeJS.Timeout | undefined;

  constructor(engine: LoadEngine) {
    this.engine = engine;
    this.socket = engine.add(this);
    this.association = engine.identity.openAssociation('client');
  }

  get port(): number {
    return this.engine.portOf(this.socket);
  }

  /** Resolves once media can flow. */
  connect({ address, port, credentials }: ServerCandidate): Promise<void> {
    this.remote = ipv4TransportAddress(address, port);
    this.ice.begin(credentials);
    const patience = setTimeout(() => this.connected.reject(new Error(`a client of the load was still ${this.phase} after ${patienceMs} ms`)), patienceMs);
    this.check();
    return this.connected.promise.finally(() => clearTimeout(patience));
  }

  /** Media can flow at once towards who was given the same keys: no ICE, no DTLS, no RTCP. */
  beginWithKeys(address: string, port: number, keys: SrtpKeys): void {
    this.remote = ipv4TransportAddress(address, port);
    this.useKeys(keys);
  }

  handleControl(datagram: Uint8Array): void {
    if (this.phase === 'closed') return;
    if ((datagram[0] ?? 0) >= 20) return this.take(this.association.feed(datagram));
    const { answer, isAnswered } = this.ice.handle(datagram);
    if (answer !== undefined) this.engine.send(this, answer);
    if (!isAnswered || this.phase !== 'checking') return;
    this.phase = 'handshaking';
    this.take(this.association.start());
  }

  handleRtp(slab: Uint8Array, offset: number, length: number, headerLength: number, nowMs: number): void {
    if (this.engine.pathFeedback === 'transportWide') {
      const number = readTransportSequence(slab, offset, headerLength);
      if (number >= 0) this.arrivals.note(number, instant(nowMs));
    }
    this.onPacket(slab, offset, length, headerLength, nowMs);
  }

  handleRtcp(bytes: Uint8Array): void {
    const parsed = parseRtcp(bytes);
    if (!parsed.ok) return;
    for (const packet of parsed.packets) {
      if (packet.kind === 'pictureLossIndication') this.onKeyFrameRequest(packet.mediaSsrc);
      if (packet.kind === 'fullIntraRequest') for (const { ssrc } of packet.requests) this.onKeyFrameRequest(ssrc);
    }
  }

  close(): void {
    if (this.phase === 'closed') return;
    for (const datagram of this.association.close().datagrams) this.engine.send(this, datagram);
    this.phase = 'closed';
    for (const timer of [this.timer, this.handshakeTimer, this.reportTimer, this.feedbackTimer]) clearTimeout(timer);
    this.association.destroy();
    this.engine.remove(this.socket);
    this.engine.srtp.close(this.inbound);
    this.engine.srtp.close(this.outbound);
  }

  private check(): void {
    this.engine.send(this, this.ice.check());
    this.timer = setTimeout(() => this.check(), this.phase === 'checking' ? checkIntervalMs : consentIntervalMs * (0.75 + Math.random() / 2));
  }

  private take({ datagrams, state, timeoutMs }: DtlsStep): void {
    for (const datagram of datagrams) this.engine.send(this, datagram);
    clearTimeout(this.handshakeTimer);
    if (timeoutMs !== undefined) this.handshakeTimer = setTimeout(() => this.take(this.association.handleTimeout()), timeoutMs);
    if (state.kind === 'failed') this.connected.reject(new Error(`the handshake failed: ${state.because}`));
    if (state.kind !== 'connected' || this.phase !== 'handshaking') return;
    this.useKeys(splitKeyingMaterial(state.profile, state.keyingMaterial));
    this.report();
    if (this.engine.pathFeedback === 'transportWide') this.feedbackTimer = setInterval(() => this.tellArrivals(), feedbackIntervalMs);
    this.connected.resolve();
  }

  private useKeys({ client, server }: SrtpKeys): void {
    this.profile = client.profile;
    this.inbound = this.engine.srtp.openInbound(server);
    this.outbound = this.engine.srtp.openOutbound(client);
    this.phase = 'connected';
  }

  /** A receiver report without blocks, so that the server hears RTCP as from every client, and what this one wants to get. */
  private report(): void {
    const { slab, at } = this.engine.slot();
    this.writer.begin(slab, at).receiverReport(this.reporterSsrc, []);
    if (this.engine.pathFeedback === 'maximumBitrate') this.writer.maximumBitrate(this.reporterSsrc, unlimitedBps, []);
    this.engine.addPacket(this, srtpKind.rtcp, this.writer.length, 0);
    this.engine.flush();
    this.reportTimer = setTimeout(() => this.report(), reportIntervalMs * (0.75 + Math.random() / 2));
  }

  private tellArrivals(): void {
    if (!this.arrivals.hasUnreported) return;
    const { slab, at } = this.engine.slot();
    this.writer.begin(slab, at);
    while (this.arrivals.hasUnreported) this.writer.transportWideFeedback(this.reporterSsrc, 0, (bytes, index) => this.arrivals.writeFeedback(bytes, index));
    this.engine.addPacket(this, srtpKind.rtcp, this.writer.length, 0);
    this.engine.flush();
  }
}

function ipv4TransportAddress(address: string, port: number): TransportAddress {
  return transportAddress(ipv4Address(address.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0)), port);
}
