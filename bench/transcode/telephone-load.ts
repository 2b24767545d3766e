import { createUdpSockets, describeDatagram, exportsOf, loadSrtp, outgoingWords, protectWords, receivedKind, receivedWords, type Srtp, srtpKind, type SrtpMasterKey, type UdpSockets, unprotectWords } from '@dialplane/kernels';
import { RtpHeaderWriter } from '@dialplane/rtp';
import { ipv4Address, type TransportAddress, transportAddress } from '@dialplane/stun';
import { formats, type RemoteMedia, type TelephoneCodec } from './telephone.ts';

const slotBytes = 2048;
const slots = 256;
const bufferBytes = 512 * 1024;
const periodMs = 20;

/** One party: a socket that sends a packet every 20 ms and counts what comes. */
export interface Telephone {
  readonly socket: number;
  readonly port: number;
  readonly codec: TelephoneCodec;
  readonly payloads: readonly Uint8Array[];
  remote: TransportAddress | undefined;
  outbound: number;
  inbound: number;
  next: number;
}

/** What came to all telephones. */
export interface Arrivals {
  packets: number;
  /** Not authentic, or of another payload type. */
  refused: number;
}

/** Many telephones behind one event loop, each on a socket of its own, evenly spread over 20 ms. Sockets take no runs (UDP_GRO): packets cost their server what they cost towards hosts elsewhere. */
export class TelephoneLoad implements Disposable {
  readonly host: string;
  readonly arrivals: Arrivals = { packets: 0, refused: 0 };
  /** How far behind its pace it was at most, in milliseconds: more than a few, and the load itself was the limit. */
  latestMs = 0;
  private readonly srtp: Srtp = exportsOf(loadSrtp());
  private readonly sockets: UdpSockets;
  private readonly telephones: Telephone[] = [];
  private readonly bySocket = new Map<number, Telephone>();
  private readonly writer = new RtpHeaderWriter();
  private readonly words = new Int32Array(slots * protectWords.stride);
  private readonly inbound = new Int32Array(1024 * unprotectWords.stride);
  private gathered = 0;
  /** Those of the gathered packets that are to be encrypted. */
  private readonly secured: number[] = [];

  constructor(host: string) {
    this.host = host;
    this.sockets = createUdpSockets({ implementation: 'native', onBatch: (count) => this.receive(count) });
  }

  add(codec: TelephoneCodec, payloads: readonly Uint8Array[]): Telephone {
    let socket = -1;
    this.sockets.open({ address: this.host, port: 0, bufferBytes, receivesRuns: false }, (opened) => {
      if (typeof opened !== 'number') throw new Error(`no socket for a telephone: ${opened.code}`);
      socket = opened;
    });
    const telephone: Telephone = { socket, port: this.sockets.portOf(socket), codec, payloads, remote: undefined, outbound: -1, inbound: -1, next: (this.telephones.length * 37) % payloads.length };
    this.telephones.push(telephone);
    this.bySocket.set(socket, telephone);
    return telephone;
  }

  /** From here on it talks. @param key Of its own, where it encrypts. */
  connect(telephone: Telephone, { address, port, crypto }: RemoteMedia, key: SrtpMasterKey | undefined): void {
    telephone.remote = transportAddress(ipv4Address(address.split('.').reduce((word, byte) => (word << 8) | Number(byte), 0)), port);
    if (key !== undefined) telephone.outbound = this.srtp.openOutbound(key);
    if (crypto !== undefined) telephone.inbound = this.srtp.openInbound(crypto.key);
  }

  /** Keeps everybody talking for a while. It spins, so that nothing is sent late. */
  async talk(durationMs: number): Promise<void> {
    const startMs = performance.now();
    this.latestMs = 0;
    let [sent, lastMs] = [0, startMs];
    for (let nowMs = startMs; nowMs < startMs + durationMs; nowMs = performance.now()) {
      const due = Math.floor(((nowMs - startMs) * this.telephones.length) / periodMs);
      this.latestMs = Math.max(this.latestMs, nowMs - lastMs);
      lastMs = nowMs;
      for (; sent < due; sent += 1) this.say(this.telephones[sent % this.telephones.length]);
      this.flush();
      await new Promise<void>((resolve) => void setImmediate(resolve));
    }
  }

  [Symbol.dispose](): void {
    this.sockets.destroy();
  }

  private say(telephone: Telephone | undefined): void {
    const payload = telephone?.payloads[telephone.next % telephone.payloads.length];
    if (telephone?.remote === undefined || payload === undefined) return;
    if (this.gathered === slots) this.flush();
    const index = this.gathered;
    this.gathered += 1;
    const { slab, scratch } = this.sockets;
    const at = scratch.offset + index * slotBytes;
    const { payloadType, units } = formats[telephone.codec];
    this.writer.begin(slab, at, 0, payloadType, telephone.next & 0xffff, (telephone.next * units) | 0, telephone.socket + 1);
    const headerLength = this.writer.finish();
    slab.set(payload, at + headerLength);
    telephone.next += 1;
    describeDatagram(this.sockets.outgoing, index * outgoingWords.stride, telephone.socket, telephone.remote, at, headerLength + payload.length);
    if (telephone.outbound >= 0) this.addSecured(index, telephone.outbound, at, headerLength, payload.length);
  }

  private addSecured(index: number, context: number, at: number, headerLength: number, payloadLength: number): void {
    const words = this.secured.length * protectWords.stride;
    this.words[words + protectWords.context] = context;
    this.words[words + protectWords.kind] = srtpKind.rtp;
    this.words[words + protectWords.headerOffset] = at;
    this.words[words + protectWords.headerLength] = headerLength;
    this.words[words + protectWords.payloadOffset] = at + headerLength;
    this.words[words + protectWords.payloadLength] = payloadLength;
    this.words[words + protectWords.destinationOffset] = at;
    this.secured.push(index);
  }

  private flush(): void {
    const { sockets, secured, words } = this;
    if (secured.length > 0) this.srtp.protect(sockets.slab, words, secured.length);
    for (const [at, index] of secured.entries()) sockets.outgoing[index * outgoingWords.stride + outgoingWords.length] = words[at * protectWords.stride + protectWords.result] ?? 0;
    secured.length = 0;
    if (this.gathered > 0) sockets.send(this.gathered);
    this.gathered = 0;
  }

  private receive(count: number): number {
    const { received, slab } = this.sockets;
    let encrypted = 0;
    for (let index = 0, at = 0; index < count; index += 1, at += receivedWords.stride) {
      const telephone = this.bySocket.get(received[at + receivedWords.socket] ?? -1);
      const [offset, length] = [received[at + receivedWords.offset] ?? 0, received[at + receivedWords.length] ?? 0];
      const payloadType = (slab[offset + 1] ?? 0) & 0x7f;
      // RTCP on one port with RTP (RFC 5761 §4) is no sound.
      if (telephone === undefined || received[at + receivedWords.kind] !== receivedKind.datagram || (payloadType >= 64 && payloadType < 96)) continue;
      if (payloadType !== formats[telephone.codec].payloadType) this.arrivals.refused += 1;
      else if (telephone.inbound < 0) this.arrivals.packets += 1;
      else this.addEncrypted(encrypted++, telephone.inbound, offset, length);
    }
    this.countAuthentic(encrypted);
    return 0;
  }

  private addEncrypted(index: number, context: number, offset: number, length: number): void {
    const words = index * unprotectWords.stride;
    this.inbound[words + unprotectWords.context] = context;
    this.inbound[words + unprotectWords.kind] = srtpKind.rtp;
    this.inbound[words + unprotectWords.offset] = offset;
    this.inbound[words + unprotectWords.length] = length;
  }

  private countAuthentic(encrypted: number): void {
    if (encrypted > 0) this.srtp.unprotect(this.sockets.slab, this.inbound, encrypted);
    for (let index = 0; index < encrypted; index += 1) {
      if ((this.inbound[index * unprotectWords.stride + unprotectWords.result] ?? 0) > 0) this.arrivals.packets += 1;
      else this.arrivals.refused += 1;
    }
  }
}
