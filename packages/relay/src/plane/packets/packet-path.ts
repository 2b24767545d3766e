import { noSource, readSource, receivedKind, receivedWords, type UdpSockets } from '@dialplane/kernels';
import type { Instant } from '@dialplane/sansio';
import { type TransportAddress, transportAddress } from '@dialplane/stun';
import { packetVerdict, type TurnServer, type TurnServerInput } from '@dialplane/turn';
import type { BindingAnswers } from './binding-answers.ts';
import type { Hairpin } from './hairpin.ts';
import type { Listeners } from '../ports/listeners.ts';
import type { PacketBatch } from './packet-batch.ts';
import type { PlaneCounters } from '../plane-statistics.ts';
import type { StreamClient, StreamClients } from '../streams/stream-clients.ts';
import type { UdpRelays } from './udp-relays.ts';

export interface PacketPathOptions {
  readonly sockets: UdpSockets;
  readonly batch: PacketBatch;
  readonly server: TurnServer;
  readonly listeners: Listeners;
  readonly relays: UdpRelays;
  readonly streams: StreamClients;
  readonly bindings: BindingAnswers;
  /** Where there is 1:1 NAT. */
  readonly hairpin: Hairpin | undefined;
  readonly counters: PlaneCounters;
  /** Something of ours failed over this input: costs what the input belongs to. */
  readonly onFault: (error: unknown, input: TurnServerInput) => void;
}

/**
 * The way of packets: from the kernel's descriptors through the machine's fast path to descriptors that are to be sent, with what is no media given to the machine as an
 * input. Nothing is allocated for a packet of media.
 */
export class PacketPath {
  /** Binding messages that deserve no answer, and streams that carry something else. */
  malformed = 0;
  private readonly options: PacketPathOptions;
  private readonly received: Int32Array;
  private readonly source = noSource();

  constructor(options: PacketPathOptions) {
    this.options = options;
    this.received = options.sockets.received;
  }

  /** Serves the first `count` descriptors that the kernel has filled. */
  serveBatch(count: number, now: Instant): void {
    for (let at = 0, end = count * receivedWords.stride; at < end; at += receivedWords.stride) {
      try {
        this.serveOne(at, now);
      } catch (error) {
        this.options.onFault(error, this.inputAt(at));
      }
    }
  }

  /** Serves what a stream brought. */
  serveStream(client: StreamClient, chunk: Uint8Array, now: Instant): void {
    const { batch, server, relays, streams } = this.options;
    const { packets } = server;
    const { framer, connection } = client;
    framer.push(chunk);
    const { unread } = framer;
    let copied: number | undefined;
    for (let next = framer.next(); ; next = framer.next()) {
      if (next.kind === 'incomplete') return;
      if (next.kind === 'notTurn') {
        this.malformed += 1;
        streams.close(connection);
        return;
      }
      const { bytes } = next;
      const verdict = packets.fromConnection(connection, bytes, 0, bytes.length, now);
      if (verdict === packetVerdict.relayed) {
        const { relay, peer, payloadOffset, payloadLength } = packets.towardsPeer;
        const socket = relays.socketOf(relay);
        if (socket === undefined) continue;
        // All that is whole goes where the kernel can send from at once; its frames are then descriptors.
        copied ??= batch.copy(unread);
        batch.add(socket, this.options.hairpin?.outward(peer) ?? peer, copied + bytes.byteOffset - unread.byteOffset + payloadOffset, payloadLength);
      } else if (verdict === packetVerdict.slow) this.serveFrame(client, bytes, now);
    }
  }

  private serveOne(at: number, now: Instant): void {
    const { received, source } = this;
    readSource(received, at, source);
    const socket = received[at + receivedWords.socket] ?? 0;
    const relay = this.options.relays.relayOf(socket);
    const offset = received[at + receivedWords.offset] ?? 0;
    const length = received[at + receivedWords.length] ?? 0;
    if (received[at + receivedWords.kind] === receivedKind.icmpError) {
      if (relay !== undefined) this.give({ kind: 'relayIcmp', relay, peer: this.sourceCopy(), icmp: { type: offset, code: length, data: received[at + receivedWords.detail] ?? 0 } }, now);
    } else if (relay === undefined) this.serveClient(socket, offset, length, now);
    else this.servePeer(relay, offset, length, now);
  }

  /** A descriptor as an input of the machine, without its bytes: to say what failed. */
  private inputAt(at: number): TurnServerInput {
    const listener = this.received[at + receivedWords.socket] ?? 0;
    const relay = this.options.relays.relayOf(listener);
    const [remote, bytes] = [this.sourceCopy(), new Uint8Array(0)];
    return relay === undefined ? { kind: 'clientDatagram', path: { kind: 'datagram', listener, remote }, bytes } : { kind: 'relayDatagram', relay, peer: remote, bytes };
  }

  private serveClient(socket: number, offset: number, length: number, now: Instant): void {
    const { batch, sockets, server, relays } = this.options;
    const { packets } = server;
    const verdict = packets.fromDatagram(socket, this.source, sockets.slab, offset, length, now);
    if (verdict === packetVerdict.relayed) {
      const { relay, peer, payloadOffset, payloadLength } = packets.towardsPeer;
      const out = relays.socketOf(relay);
      if (out !== undefined) batch.add(out, this.options.hairpin?.outward(peer) ?? peer, payloadOffset, payloadLength);
    } else if (verdict === packetVerdict.slow) this.serveMessage(socket, sockets.slab.subarray(offset, offset + length), now);
  }

  private servePeer(relay: number, offset: number, length: number, now: Instant): void {
    const { batch, sockets, server, streams, counters, hairpin } = this.options;
    const { packets } = server;
    const source = hairpin === undefined ? this.source : hairpin.inward(this.source);
    const verdict = packets.fromPeer(relay, source, length, now);
    if (verdict === packetVerdict.relayed) {
      const { path, header, padding } = packets.towardsClient;
      if (path.kind === 'datagram') batch.addWithHeader(path.listener, path.remote, header, offset, length);
      else if (!streams.queue(path.connection, header, offset, length, padding)) {
        packets.uncountTowardsClient(length);
        counters.add('slowReaderDrops');
      }
    } else if (verdict === packetVerdict.slow) {
      this.give({ kind: 'relayDatagram', relay, peer: transportAddress(source, source.port), bytes: sockets.slab.subarray(offset, offset + length) }, now);
    }
  }

  private serveMessage(socket: number, bytes: Uint8Array, now: Instant): void {
    const { listeners, bindings, batch, counters } = this.options;
    const listener = listeners.of(socket);
    if (listener === undefined) return;
    if (!bindings.isBinding(bytes)) this.give({ kind: 'clientDatagram', path: { kind: 'datagram', listener: socket, remote: this.sourceCopy() }, bytes }, now);
    else if (bindings.answerDatagram(bytes, listener, this.source, batch)) counters.add('bindings');
    else this.malformed += 1;
  }

  private serveFrame(client: StreamClient, bytes: Uint8Array, now: Instant): void {
    const { streams, bindings, counters } = this.options;
    const { connection, remote } = client;
    streams.heard(client);
    if (!bindings.isBinding(bytes)) return this.give({ kind: 'clientFrame', path: { kind: 'stream', connection, remote }, bytes }, now);
    const answer = bindings.answerFrame(bytes, remote);
    if (answer === undefined) {
      this.malformed += 1;
      return;
    }
    counters.add('bindings');
    streams.send(connection, answer.slice());
  }

  private give(input: TurnServerInput, now: Instant): void {
    try {
      this.options.server.handle(input, now);
    } catch (error) {
      this.options.onFault(error, input);
    }
  }

  private sourceCopy(): TransportAddress {
    return transportAddress(this.source, this.source.port);
  }
}
