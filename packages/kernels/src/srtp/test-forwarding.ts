import assert from 'node:assert/strict';
import { outgoingWords } from '../udp/udp-sockets.ts';
import { type Forwarding, forwardingCall, lineWords, plainWords, reportWords, streamWords } from './forwarding.ts';
import type { Srtp } from './srtp.ts';
import { srtpProfile } from './srtp-profile.ts';
import { openSrtp, testMasterKey, unprotect } from './test-srtp.ts';

/** Where packets lie, and where those that are sent go. */
export const payloadsEnd = 4096;
export const slabBytes = 16_384;
const mostPackets = 8;
const mostReceivers = 4;

/** Words by their names; the others are 0. */
type Words<Layout> = { readonly [Name in keyof Layout]?: number };

export interface SentPacket {
  readonly port: number;
  readonly bytes: string;
}

/** Tables of a few receivers, each with a line of its own: the port says which. */
export class TestForwarding implements Forwarding {
  readonly srtp: Srtp = openSrtp();
  readonly slab = new Uint8Array(slabBytes);
  readonly packets = new Int32Array(mostPackets * plainWords.stride);
  readonly streams = new Int32Array(mostReceivers * streamWords.stride);
  readonly lines = new Int32Array(mostReceivers * lineWords.stride);
  readonly receivers = Int32Array.from({ length: mostReceivers }, (_, index) => index);
  readonly reports = new Int32Array((mostReceivers + 1) * reportWords.stride);
  readonly call = new Int32Array(forwardingCall.stride);
  readonly outgoing = new Int32Array(64 * outgoingWords.stride);
  readonly inbound: readonly number[];

  constructor() {
    const keys = Array.from({ length: mostReceivers }, (_, index) => testMasterKey(srtpProfile.aeadAes128Gcm, index));
    this.inbound = keys.map((key) => this.srtp.openInbound(key));
    for (const [index, key] of keys.entries()) {
      put(this.lines, index, lineWords, { number: index, context: this.srtp.openOutbound(key), socket: 7, family: 4, port: 1000 + index, w0: 0x7f000001 });
      this.setBudget(index, Infinity);
      this.setStream(index, {});
    }
    put(this.call, 0, forwardingCall, { source: 1, first: 0, absoluteSendTime: 0x123456, packetOverhead: 72, scratchEnd: slabBytes, outgoingLimit: 64, receivers: 1, scratch: payloadsEnd });
  }

  /** What a stream is sent by: opaque payloads, as they come, but for what is said here. */
  setStream(index: number, words: Words<typeof streamWords>): void {
    put(this.streams, index, streamWords, { source: 1, line: index, ssrc: 0x1000 + index, receivedType: 111, sentType: 111, newestPicture: -1, temporalLayer: 3, newestNumber: 9, settledNumber: 9, ...words });
  }

  setBudget(index: number, bytes: number): void {
    new Float64Array(this.lines.buffer).set([bytes, 0, 0, bytes], (index * lineWords.stride + lineWords.left) / 2);
  }

  /** Packets of the source, numbered from 10 on, one behind the other. */
  setPackets(payloads: readonly Uint8Array[], words: ReadonlyArray<Words<typeof plainWords>> = []): void {
    let at = 0;
    for (const [index, payload] of payloads.entries()) {
      this.slab.set(payload, at);
      const next = index + 1 === payloads.length ? -1 : index + 1;
      put(this.packets, index, plainWords, { payloadOffset: at, payloadLength: payload.length, sequenceNumber: 10 + index, timestamp: 1000, payloadType: 111, audioLevel: -1, next, ...words[index] });
      at += payload.length;
    }
  }

  /** One call. @returns whether all is done, and what it has written since the last one. */
  forward(): { readonly isDone: boolean; readonly sent: readonly SentPacket[]; readonly reports: readonly (readonly number[])[] } {
    const { call } = this;
    const before = call[forwardingCall.outgoing] ?? 0;
    call[forwardingCall.reports] = 0;
    const isDone = this.srtp.forward(this.slab, this, this.outgoing);
    const sent: SentPacket[] = [];
    for (let at = before; at < (call[forwardingCall.outgoing] ?? 0); at += 1) sent.push(this.sentAt(at * outgoingWords.stride));
    const reports = Array.from({ length: call[forwardingCall.reports] ?? 0 }, (_, index) => [...this.reports.subarray(index * reportWords.stride, (index + 1) * reportWords.stride)]);
    return { isDone, sent, reports };
  }

  private sentAt(at: number): SentPacket {
    const [socket, family, port = 0, w0, w1, w2, w3, offset = 0, length = 0, ...rest] = this.outgoing.subarray(at, at + outgoingWords.flags + 1);
    assert.deepEqual([socket, family, w0, w1, w2, w3, ...rest], [7, 4, 0x7f000001, 0, 0, 0, 0, 0, 0]);
    const plain = unprotect(this.srtp, this.inbound[port - 1000] ?? -1, 'rtp', this.slab.slice(offset, offset + length));
    return { port, bytes: typeof plain === 'string' ? plain : plain.packet.toString('hex') };
  }
}

/** Writes a row by the names of its words. */
function put<Layout extends Readonly<Record<string, number>>>(table: Int32Array, row: number, layout: Layout & { readonly stride: number }, words: Words<Layout>): void {
  const at = row * layout.stride;
  table.fill(0, at, at + layout.stride);
  for (const [name, value] of Object.entries(words)) table[at + (layout[name] ?? assert.fail(name))] = value ?? 0;
}
