import { createUdpSockets, describeDatagram, type DtlsIdentity, loadDtls, loadSrtp, outgoingWords, protectWords, receivedKind, receivedWords, type Srtp, srtpKind, type UdpSockets, unprotectWords } from '@dialplane/kernels';
import type { CertificateFiles } from '../certificate.ts';
import type { LoadClient } from './load-client.ts';

/** Places for packets to send: what is to be protected in the first half, the packet in the second. */
const slotBytes = 4096;
const slots = 256;
/** So that a burst to a hundred clients waits in their sockets and not nowhere. */
const bufferBytes = 4 * 1024 * 1024;

/**
 * Many clients behind one event loop, with the kernels that the media processor uses: what arrives is decrypted and told to its client, what clients send is gathered until
 * {@link flush}. Sockets take no runs (UDP_GRO), so that a packet costs its server what it would cost towards clients elsewhere.
 */
export class LoadEngine implements Disposable {
  readonly host: string;
  readonly identity: DtlsIdentity;
  /**
   * How clients tell what their lines take: as browsers do, by when packets arrive; or that they take anything (REMB), for loads that no estimate would reach within the time that
   * is measured.
   */
  readonly pathFeedback: 'transportWide' | 'maximumBitrate';
  /** Packets that came and were authentic, and those that were not. */
  received = 0;
  refused = 0;
  readonly srtp: Srtp;
  private readonly sockets: UdpSockets;
  private readonly clients = new Map<number, LoadClient>();
  private readonly inbound = new Int32Array(1024 * unprotectWords.stride);
  private readonly inboundClients: LoadClient[] = [];
  private readonly outbound = new Int32Array(slots * protectWords.stride);
  private readonly outboundClients: LoadClient[] = [];

  /** @throws where a kernel is not built. */
  constructor(host: string, { certificate, privateKey }: CertificateFiles, pathFeedback: LoadEngine['pathFeedback']) {
    const [srtp, dtls] = [loadSrtp(), loadDtls()];
    if (srtp.kind === 'absent') throw new Error(srtp.absentBecause);
    if (dtls.kind === 'absent') throw new Error(dtls.absentBecause);
    this.host = host;
    this.pathFeedback = pathFeedback;
    this.srtp = srtp.exports;
    this.identity = dtls.exports.openIdentity(certificate, privateKey);
    this.sockets = createUdpSockets({ implementation: 'native', onBatch: (count) => this.serve(count) });
  }

  /** @returns the number of its socket. */
  add(client: LoadClient): number {
    let socket = -1;
    this.sockets.open({ address: this.host, port: 0, bufferBytes, receivesRuns: false }, (opened) => {
      if (typeof opened !== 'number') throw new Error(`no socket for a client: ${opened.code}`);
      socket = opened;
    });
    this.clients.set(socket, client);
    return socket;
  }

  remove(socket: number): void {
    this.flush();
    this.clients.delete(socket);
    this.sockets.close(socket);
  }

  portOf(socket: number): number {
    return this.sockets.portOf(socket);
  }

  /** Where the next packet is to be written: header, then payload. */
  slot(): { readonly slab: Uint8Array; readonly at: number } {
    if (this.outboundClients.length === slots) this.flush();
    return { slab: this.sockets.slab, at: this.sockets.scratch.offset + this.outboundClients.length * slotBytes };
  }

  /** Takes what was written into the last slot. */
  addPacket(client: LoadClient, kind: number, headerLength: number, payloadLength: number): void {
    const index = this.outboundClients.length;
    const at = this.sockets.scratch.offset + index * slotBytes;
    const words = index * protectWords.stride;
    this.outbound[words + protectWords.context] = client.outbound;
    this.outbound[words + protectWords.kind] = kind;
    this.outbound[words + protectWords.headerOffset] = at;
    this.outbound[words + protectWords.headerLength] = headerLength;
    this.outbound[words + protectWords.payloadOffset] = at + headerLength;
    this.outbound[words + protectWords.payloadLength] = payloadLength;
    this.outbound[words + protectWords.destinationOffset] = at + slotBytes / 2;
    this.outboundClients.push(client);
  }

  /** Sends what was gathered. */
  flush(): void {
    const count = this.outboundClients.length;
    if (count === 0) return;
    this.srtp.protect(this.sockets.slab, this.outbound, count);
    for (let index = 0; index < count; index += 1) {
      const words = index * protectWords.stride;
      const length = this.outbound[words + protectWords.result] ?? 0;
      const client = this.outboundClients[index];
      if (length < 0 || client === undefined) throw new Error(`a packet of the load could not be protected (${length})`);
      describeDatagram(this.sockets.outgoing, index * outgoingWords.stride, client.socket, client.remote, this.outbound[words + protectWords.destinationOffset] ?? 0, length);
    }
    this.outboundClients.length = 0;
    this.sockets.send(count);
  }

  /** Sends a datagram that is not SRTP, now. */
  send(client: LoadClient, datagram: Uint8Array): void {
    this.flush();
    const { offset } = this.sockets.scratch;
    this.sockets.slab.set(datagram, offset);
    describeDatagram(this.sockets.outgoing, 0, client.socket, client.remote, offset, datagram.length);
    this.sockets.send(1);
  }

  [Symbol.dispose](): void {
    this.sockets.destroy();
  }

  private serve(count: number): number {
    const { received, slab } = this.sockets;
    let packets = 0;
    for (let index = 0; index < count; index += 1) {
      const words = index * receivedWords.stride;
      const client = this.clients.get(received[words + receivedWords.socket] ?? -1);
      if (client === undefined || received[words + receivedWords.kind] !== receivedKind.datagram) continue;
      const offset = received[words + receivedWords.offset] ?? 0;
      const length = received[words + receivedWords.length] ?? 0;
      const first = slab[offset] ?? 0;
      if (first >> 6 === 2 && client.inbound >= 0) this.addReceived(packets++, client, slab, offset, length);
      else client.handleControl(slab.slice(offset, offset + length));
    }
    if (packets > 0) this.tell(packets, slab);
    return 0;
  }

  private addReceived(index: number, client: LoadClient, slab: Uint8Array, offset: number, length: number): void {
    const words = index * unprotectWords.stride;
    const second = slab[offset + 1] ?? 0;
    this.inbound[words + unprotectWords.context] = client.inbound;
    this.inbound[words + unprotectWords.kind] = second >= 192 && second <= 223 ? srtpKind.rtcp : srtpKind.rtp;
    this.inbound[words + unprotectWords.offset] = offset;
    this.inbound[words + unprotectWords.length] = length;
    this.inboundClients[index] = client;
  }

  private tell(packets: number, slab: Uint8Array): void {
    const now = performance.now();
    this.srtp.unprotect(slab, this.inbound, packets);
    for (let index = 0; index < packets; index += 1) {
      const words = index * unprotectWords.stride;
      const length = this.inbound[words + unprotectWords.result] ?? 0;
      const offset = this.inbound[words + unprotectWords.offset] ?? 0;
      const client = this.inboundClients[index];
      if (length < 0) this.refused += 1;
      else if (this.inbound[words + unprotectWords.kind] === srtpKind.rtcp) client?.handleRtcp(slab.subarray(offset, offset + length));
      else {
        this.received += 1;
        client?.handleRtp(slab, offset, length, this.inbound[words + unprotectWords.headerLength] ?? 0, now);
      }
    }
  }
}
