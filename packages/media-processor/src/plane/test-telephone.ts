import assert from 'node:assert/strict';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { iceAttribute, type IceCredentials } from '@dialplane/ice';
import { nodeCrypto, protectWords, type Srtp, type SrtpMasterKey, srtpKind, srtpOverheadBytes, unprotectWords } from '@dialplane/kernels';
import { packetKind, packetKindOf, parseRtcp, type RtcpPacket, RtcpWriter, RtpHeaderWriter, RtpPacket, rtpVerdict } from '@dialplane/rtp';
import { MessageBuilder, stunMethod, writeFingerprint, writeShortTerm } from '@dialplane/stun';
import type { SectionCodec, SectionSettings } from '../process-api/leg-settings.ts';
import type { ProcessCommand } from '../process-api/process-messages.ts';
import type { HeardPacket, SpokenPacket } from './test-media-client.ts';
import { noExtensions, type TestMediaPlane } from './test-media-plane.ts';

/** What a telephone secures its packets with; plain without it. */
export interface TelephoneKeys {
  readonly srtp: Srtp;
  /** Of what it sends, and of what it gets. */
  readonly outbound: SrtpMasterKey;
  readonly inbound: SrtpMasterKey;
  /** What its packets name the key, in front of a tag of 80 bits (RFC 3711 §3.1). */
  readonly identifier?: Uint8Array;
}

/** Of AES_CM_128_HMAC_SHA1_80. */
const tagBytes = 10;

/** A leg of a telephone that is described and has sound both ways. */
export interface TelephoneLegSettings {
  readonly legId: string;
  /** For both ways. */
  readonly codecs: readonly SectionCodec[];
  readonly ssrc: number;
  readonly keys?: Omit<NonNullable<Extract<ProcessCommand, { readonly kind: 'openLeg' }>['telephone']>, 'address'>;
  readonly packetMs?: number;
}

/** Opens a telephone and its leg in plain RTP. */
export async function openTelephoneLeg(t: { after(end: () => void): void }, plane: TestMediaPlane, settings: TelephoneLegSettings): Promise<{ readonly telephone: TestTelephone; /** Of the leg. */ readonly port: number }> {
  const { legId, codecs, ssrc, keys = { dtmf: 'rfc4733' }, packetMs } = settings;
  const telephone = await TestTelephone.open(t);
  plane.handle({ kind: 'openLeg', conferenceId: 'c', legId, identifier: `4:${legId}`, isMuted: false, telephone: { ...keys, address: '127.0.0.1' } });
  const opened = plane.events.find((event) => event.kind === 'portsOpened' && event.legId === legId);
  assert.ok(opened?.kind === 'portsOpened');
  const section = { mid: '0', kind: 'audio', codecs, extensions: noExtensions } as const;
  const sections: readonly SectionSettings[] = [{ ...section, receive: { mediaStreamType: 'Audio', rids: [], ssrcs: [] } }, { ...section, send: { ssrc, ...(packetMs !== undefined && { packetMs }) } }];
  const transport = { kind: 'rtp', remote: { address: '127.0.0.1', port: telephone.port }, remoteRtcp: 'muxed', security: { kind: 'none' } } as const;
  plane.handle({ kind: 'setLeg', conferenceId: 'c', legId, transport, sections });
  return { telephone, port: opened.port };
}

/** A telephone as far as packets go, on plain sockets: RTP on a port, RTCP on another. */
export class TestTelephone {
  readonly heard: HeardPacket[] = [];
  readonly reports: RtcpPacket[] = [];
  /** Where packets came from, in order. */
  readonly sources: RemoteInfo[] = [];
  checksAnswered = 0;
  private readonly rtp: Socket;
  private readonly rtcp: Socket;
  private readonly keys: { readonly srtp: Srtp; readonly inbound: number; readonly outbound: number; readonly identifier: Uint8Array } | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly packet = new RtpPacket();
  private phase: 'open' | 'closed' = 'open';

  private constructor(rtp: Socket, rtcp: Socket, keys: TelephoneKeys | undefined) {
    this.rtp = rtp;
    this.rtcp = rtcp;
    this.keys = keys && { srtp: keys.srtp, inbound: keys.srtp.openInbound(keys.inbound), outbound: keys.srtp.openOutbound(keys.outbound), identifier: keys.identifier ?? new Uint8Array() };
    for (const socket of [rtp, rtcp]) socket.on('message', (bytes, source) => this.take(bytes, source));
  }

  static async open(t: { after(end: () => void): void }, { address = '127.0.0.1', keys }: { readonly address?: string; readonly keys?: TelephoneKeys } = {}): Promise<TestTelephone> {
    const [rtp, rtcp] = [createSocket('udp4'), createSocket('udp4')];
    for (const socket of [rtp, rtcp]) socket.bind(0, address);
    await Promise.all([once(rtp, 'listening'), once(rtcp, 'listening')]);
    const telephone = new TestTelephone(rtp, rtcp, keys);
    t.after(() => telephone.close());
    return telephone;
  }

  get port(): number {
    return this.rtp.address().port;
  }

  get rtcpPort(): number {
    return this.rtcp.address().port;
  }

  /** Sends packets to a port of this machine. */
  say(port: number, packets: readonly SpokenPacket[]): void {
    for (const { ssrc, payloadType, sequenceNumber, timestamp, marker = 0, payload } of packets) {
      const bytes = new Uint8Array(12 + payload.length + srtpOverheadBytes);
      new RtpHeaderWriter().begin(bytes, 0, marker, payloadType, sequenceNumber, timestamp, ssrc);
      bytes.set(payload, 12);
      this.rtp.send(this.protect(srtpKind.rtp, bytes, 12, payload.length), port, '127.0.0.1');
    }
  }

  report(port: number, write: (writer: RtcpWriter) => void, by: 'rtp' | 'rtcp' = 'rtcp'): void {
    const bytes = new Uint8Array(1500);
    const writer = new RtcpWriter().begin(bytes, 0);
    write(writer);
    this[by].send(this.protect(srtpKind.rtcp, bytes, writer.length, 0), port, '127.0.0.1');
  }

  sendDatagram(port: number, bytes: Uint8Array): void {
    this.rtp.send(bytes, port, '127.0.0.1');
  }

  /** Checks a port of this machine and nominates it, as the controlling side of ICE with the credentials of both sides as it sees them. */
  check(port: number, local: IceCredentials, remote: IceCredentials): void {
    const builder = new MessageBuilder(new Uint8Array(256));
    builder.begin('request', stunMethod.binding, crypto.getRandomValues(new Uint8Array(12))).uint32(iceAttribute.priority, 1000);
    builder.attribute(iceAttribute.useCandidate, new Uint8Array(0)).attribute(iceAttribute.iceControlling, new Uint8Array(8));
    writeShortTerm(builder, `${remote.usernameFragment}:${local.usernameFragment}`, 'sha1', new TextEncoder().encode(remote.password), nodeCrypto);
    writeFingerprint(builder);
    this.sendDatagram(port, builder.finish());
  }

  /** Its sockets are gone. Repeatable. */
  close(): void {
    if (this.phase === 'closed') return;
    this.phase = 'closed';
    for (const socket of [this.rtp, this.rtcp]) socket.close();
  }

  /** Until something is true; looked at whenever something came. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.waiting.add(resolve);
      await promise;
    }
  }

  private take(bytes: Uint8Array, source: RemoteInfo): void {
    this.sources.push(source);
    const kind = packetKindOf(bytes, 0, bytes.length);
    if (kind === packetKind.stun) this.checksAnswered += 1;
    else this.takeMedia(bytes, kind === packetKind.rtcp);
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }

  private takeMedia(bytes: Uint8Array, isRtcp: boolean): void {
    const plain = this.unprotect(isRtcp ? srtpKind.rtcp : srtpKind.rtp, Uint8Array.from(bytes));
    if (isRtcp) {
      const parsed = parseRtcp(plain);
      assert.ok(parsed.ok);
      this.reports.push(...parsed.packets);
    } else {
      assert.equal(this.packet.read(plain, 0, plain.length), rtpVerdict.accepted);
      const { ssrc, payloadType, sequenceNumber, timestamp, marker, payloadOffset, payloadLength } = this.packet;
      this.heard.push({ ssrc, payloadType, sequenceNumber, timestamp, marker, payload: plain.slice(payloadOffset, payloadOffset + payloadLength) });
    }
  }

  private protect(kind: number, bytes: Uint8Array, headerLength: number, payloadLength: number): Uint8Array {
    if (this.keys === undefined) return bytes.subarray(0, headerLength + payloadLength);
    const words = new Int32Array(protectWords.stride);
    words[protectWords.context] = this.keys.outbound;
    words[protectWords.kind] = kind;
    words[protectWords.headerLength] = headerLength;
    words[protectWords.payloadOffset] = headerLength;
    words[protectWords.payloadLength] = payloadLength;
    this.keys.srtp.protect(bytes, words, 1);
    const length = words[protectWords.result] ?? 0;
    assert.ok(length > 0, `protect says ${length}`);
    const { identifier } = this.keys;
    return identifier.length === 0 ? bytes.subarray(0, length) : Buffer.concat([bytes.subarray(0, length - tagBytes), identifier, bytes.subarray(length - tagBytes, length)]);
  }

  private unprotect(kind: number, bytes: Uint8Array): Uint8Array {
    if (this.keys === undefined) return bytes;
    const words = new Int32Array(unprotectWords.stride);
    words[unprotectWords.context] = this.keys.inbound;
    words[unprotectWords.kind] = kind;
    words[unprotectWords.length] = bytes.length;
    this.keys.srtp.unprotect(bytes, words, 1);
    const length = words[unprotectWords.result] ?? 0;
    assert.ok(length > 0, `unprotect says ${length}`);
    return bytes.subarray(0, length);
  }
}
