import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createUdpSockets,
  type DtlsAssociation,
  type DtlsIdentity,
  type DtlsStep,
  loadDtls,
  loadSrtp,
  nodeCrypto,
  outgoingWords,
  protectWords,
  receivedWords,
  splitKeyingMaterial,
  type Srtp,
  srtpKind,
  type UdpSockets,
  unprotectWords,
} from '@dialplane/kernels';
import { iceAttribute, type IceCredentials } from '@dialplane/ice';
import { ExtensionElements, type ExtensionIds, HeaderExtensionMap, packetKind, packetKindOf, parseRtcp, RtcpWriter, type RtcpPacket, RtpHeaderWriter, RtpPacket, rtpVerdict } from '@dialplane/rtp';
import { MessageBuilder, parseStunMessage, type TransportAddress, stunMethod, writeFingerprint, writeShortTerm } from '@dialplane/stun';

/** A packet as a client got it. */
export interface HeardPacket {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: 0 | 1;
  readonly payload: Uint8Array;
}

/** What a client sends; the payload is what the codec says. */
export interface SpokenPacket {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker?: 0 | 1;
  readonly payload: Uint8Array;
  /** Elements by id. */
  readonly elements?: ReadonlyArray<readonly [id: number, value: Uint8Array]>;
}

export interface TestKernels {
  readonly srtp: Srtp;
  readonly client: DtlsIdentity;
  readonly certificate: string;
  readonly privateKey: string;
}

/** The kernels of both sides, and a certificate that the openssl program made. */
export function openTestKernels(): TestKernels & { readonly dtls: ReturnType<typeof loadDtls> & { readonly kind: 'loaded' } } {
  const [srtp, dtls] = [loadSrtp(), loadDtls()];
  assert.ok(srtp.kind === 'loaded' && dtls.kind === 'loaded');
  const folder = mkdtempSync(join(tmpdir(), 'dialplane-plane-'));
  const files = [join(folder, 'certificate.pem'), join(folder, 'key.pem')] as const;
  execFileSync('openssl', ['req', '-x509', '-nodes', '-subj', '/CN=test', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', files[1], '-out', files[0]], { stdio: 'ignore' });
  const [certificate, privateKey] = [readFileSync(files[0], 'utf8'), readFileSync(files[1], 'utf8')];
  rmSync(folder, { recursive: true });
  return { srtp: srtp.exports, dtls, client: dtls.exports.openIdentity(certificate, privateKey), certificate, privateKey };
}

/** A client as a browser is one, as far as packets go: it checks and nominates, begins the DTLS handshake, and speaks SRTP. */
export class TestMediaClient {
  readonly heard: HeardPacket[] = [];
  readonly feedback: RtcpPacket[] = [];
  /** Datagrams that came and could not be decrypted. */
  undecipherable = 0;
  /** Told of each packet: its number on the transport, -1 where it has none, and how long its datagram is. */
  onTransportNumber: ((transportNumber: number, datagramLength: number) => void) | undefined;
  /** What was sent last, as it went out. */
  lastDatagram: Uint8Array = new Uint8Array(0);
  private readonly kernels: TestKernels;
  private readonly sockets: UdpSockets;
  private socket: number;
  private readonly server: TransportAddress;
  private association: DtlsAssociation;
  private inbound = -1;
  private outbound = -1;
  private readonly connected = Promise.withResolvers<void>();
  private readonly waiting = new Set<() => void>();
  private readonly builder = new MessageBuilder(new Uint8Array(256));
  private readonly packet = new RtpPacket();
  private readonly elements = new ExtensionElements();
  private readonly extensions: HeaderExtensionMap;
  private checks: { readonly local: IceCredentials; readonly remote: IceCredentials } | undefined;
  private phase: 'unreached' | 'reached' = 'unreached';
  private role: 'client' | 'server' = 'client';

  constructor(kernels: TestKernels, server: TransportAddress, extensions: ExtensionIds) {
    this.kernels = kernels;
    this.extensions = new HeaderExtensionMap([extensions]);
    this.server = server;
    this.sockets = createUdpSockets({ implementation: 'native', onBatch: (count) => this.serve(count) });
    this.socket = this.openSocket();
    this.association = kernels.client.openAssociation('client');
  }

  /** Sends checks until it is answered, and shakes hands. `local` and `remote` are as the client sees them. */
  connect(local: IceCredentials, remote: IceCredentials): Promise<void> {
    this.checks = { local, remote };
    this.check();
    return this.connected.promise;
  }

  /** Waits for the server's hello. */
  becomeDtlsServer(): void {
    this.role = 'server';
    this.association.destroy();
    this.association = this.kernels.client.openAssociation('server');
    this.perform(this.association.start());
  }

  /** Goes on from another port, as after a change of network with an ICE restart. */
  moveTo(local: IceCredentials, remote: IceCredentials): void {
    this.sockets.close(this.socket);
    this.socket = this.openSocket();
    this.phase = 'unreached';
    this.checks = { local, remote };
    this.check();
  }

  /** Of its socket, as text. */
  get address(): string {
    return `127.0.0.1:${this.sockets.portOf(this.socket)}`;
  }

  get isReached(): boolean {
    return this.phase === 'reached';
  }

  /** Sends another check, which nominates. */
  check(): void {
    assert.ok(this.checks !== undefined);
    const { local, remote } = this.checks;
    const { builder } = this;
    builder.begin('request', stunMethod.binding, crypto.getRandomValues(new Uint8Array(12))).uint32(iceAttribute.priority, 1000);
    builder.attribute(iceAttribute.useCandidate, new Uint8Array(0)).attribute(iceAttribute.iceControlling, new Uint8Array(8));
    writeShortTerm(builder, `${remote.usernameFragment}:${local.usernameFragment}`, 'sha1', new TextEncoder().encode(remote.password), nodeCrypto);
    writeFingerprint(builder);
    this.sendDatagram(builder.finish());
  }

  sendRtp(packets: readonly SpokenPacket[]): void {
    const { slab, scratch } = this.sockets;
    const writer = new RtpHeaderWriter();
    let at = scratch.offset;
    for (const { ssrc, payloadType, sequenceNumber, timestamp, marker = 0, payload, elements = [] } of packets) {
      writer.begin(slab, at, marker, payloadType, sequenceNumber, timestamp, ssrc);
      for (const [id, value] of elements) writer.element(id, value, 0, value.length);
      const headerLength = writer.finish();
      slab.set(payload, at + headerLength);
      at += this.protectAndSend(srtpKind.rtp, at, headerLength, payload.length);
    }
  }

  sendRtcp(write: (writer: RtcpWriter) => void): void {
    const { slab, scratch } = this.sockets;
    const writer = new RtcpWriter().begin(slab, scratch.offset);
    write(writer);
    this.protectAndSend(srtpKind.rtcp, scratch.offset, writer.length, 0);
  }

  sendDatagram(bytes: Uint8Array): void {
    const { slab, scratch } = this.sockets;
    slab.set(bytes, scratch.offset);
    this.describe(scratch.offset, bytes.length);
  }

  /** Until something is true; looked at whenever something came. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      await promise;
    }
  }

  close(): void {
    for (const datagram of this.association.close().datagrams) this.sendDatagram(datagram);
    this.drop();
  }

  /** Ends as a process that is killed does. */
  drop(): void {
    this.association.destroy();
    this.sockets.destroy();
  }

  private serve(count: number): number {
    const { received, slab } = this.sockets;
    for (let at = 0; at < count * receivedWords.stride; at += receivedWords.stride) {
      const offset = received[at + receivedWords.offset] ?? 0;
      const length = received[at + receivedWords.length] ?? 0;
      const bytes = slab.subarray(offset, offset + length);
      const kind = packetKindOf(slab, offset, length);
      if (kind === packetKind.stun) this.takeStun(bytes);
      else if (kind === packetKind.dtls) this.perform(this.association.feed(bytes));
      else this.takeSecured(kind === packetKind.rtp ? srtpKind.rtp : srtpKind.rtcp, offset, length);
    }
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
    return 0;
  }

  private takeStun(bytes: Uint8Array): void {
    const parsed = parseStunMessage(bytes);
    if (!parsed.ok || parsed.value.messageClass !== 'success' || this.phase === 'reached') return;
    this.phase = 'reached';
    if (this.inbound < 0 && this.role === 'client') this.perform(this.association.start());
  }

  private perform({ datagrams, state }: DtlsStep): void {
    for (const datagram of datagrams) this.sendDatagram(datagram);
    if (state.kind === 'failed' || state.kind === 'closed') this.connected.reject(new Error(state.kind));
    if (state.kind !== 'connected' || this.inbound >= 0) return;
    const keys = splitKeyingMaterial(state.profile, state.keyingMaterial);
    this.inbound = this.kernels.srtp.openInbound(this.role === 'client' ? keys.server : keys.client);
    this.outbound = this.kernels.srtp.openOutbound(this.role === 'client' ? keys.client : keys.server);
    this.connected.resolve();
  }

  private takeSecured(kind: number, offset: number, length: number): void {
    const words = new Int32Array(unprotectWords.stride);
    words[unprotectWords.context] = this.inbound;
    words[unprotectWords.kind] = kind;
    words[unprotectWords.offset] = offset;
    words[unprotectWords.length] = length;
    this.kernels.srtp.unprotect(this.sockets.slab, words, 1);
    const plain = words[unprotectWords.result] ?? 0;
    if (plain < 0) this.undecipherable += 1;
    else if (kind === srtpKind.rtcp) this.takeRtcp(offset, plain);
    else if (this.packet.read(this.sockets.slab, offset, plain) === rtpVerdict.accepted) {
      this.elements.locate(this.packet, this.extensions);
      this.onTransportNumber?.(this.elements.transportSequence(), length);
      const { ssrc, payloadType, sequenceNumber, timestamp, marker, payloadOffset, payloadLength } = this.packet;
      this.heard.push({ ssrc, payloadType, sequenceNumber, timestamp, marker, payload: this.sockets.slab.slice(payloadOffset, payloadOffset + payloadLength) });
    }
  }

  private takeRtcp(offset: number, length: number): void {
    const parsed = parseRtcp(this.sockets.slab.slice(offset, offset + length));
    assert.ok(parsed.ok);
    this.feedback.push(...parsed.packets);
  }

  private protectAndSend(kind: number, offset: number, headerLength: number, payloadLength: number): number {
    const words = new Int32Array(protectWords.stride);
    words[protectWords.context] = this.outbound;
    words[protectWords.kind] = kind;
    words[protectWords.headerOffset] = offset;
    words[protectWords.headerLength] = headerLength;
    words[protectWords.payloadOffset] = offset + headerLength;
    words[protectWords.payloadLength] = payloadLength;
    words[protectWords.destinationOffset] = offset;
    this.kernels.srtp.protect(this.sockets.slab, words, 1);
    const length = words[protectWords.result] ?? 0;
    assert.ok(length > 0, `protect says ${length}`);
    this.describe(offset, length);
    return (length + 3) & ~3;
  }

  private openSocket(): number {
    let socket = 0;
    this.sockets.open({ address: '127.0.0.1', port: 0, bufferBytes: 1 << 22 }, (opened) => {
      assert.ok(typeof opened === 'number');
      socket = opened;
    });
    return socket;
  }

  private describe(offset: number, length: number): void {
    this.lastDatagram = this.sockets.slab.slice(offset, offset + length);
    const { outgoing } = this.sockets;
    const { server } = this;
    outgoing.set([this.socket, server.family, server.port, server.w0, server.w1, server.w2, server.w3, offset, length, 0, 0, 0]);
    assert.equal(outgoingWords.flags, 11);
    this.sockets.send(1);
  }
}
