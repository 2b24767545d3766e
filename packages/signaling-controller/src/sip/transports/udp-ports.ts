import { addressText, addressWords, createUdpSockets, outgoingWords, receivedKind, receivedWords, type UdpSockets } from '@dialplane/kernels';
import type { SipFlow, SocketAddress } from '@dialplane/sip';
import { DatagramCopies } from './datagram-copies.ts';
import { UdpFlow } from './udp-flow.ts';

export interface UdpPortsOptions {
  /** Takes a datagram: a copy of its own. */
  readonly onDatagram: (bytes: Uint8Array, flow: UdpFlow) => void;
  /** An ICMP error says that what was sent on this flow does not arrive. */
  readonly onUnreachable: (flow: UdpFlow) => void;
  /** Whether the datagrams of a source are looked at further: before anything is copied or allocated for them. */
  readonly admits: (bytes: Uint8Array, offset: number, length: number, flow: UdpFlow) => boolean;
}

const bufferBytes = 4 * 1024 * 1024;
/** Sources whose flows are remembered: with one more all are forgotten and made again. */
const rememberedFlows = 16_384;

interface OpenPort {
  readonly local: SocketAddress;
  readonly socket: number;
  readonly flows: Map<number | string, UdpFlow>;
}

/**
 * SIP's UDP ports: one on each address, so that an answer comes from where the question went. Datagrams are served in batches, and what they cause leaves as one batch.
 */
export class UdpPorts {
  private readonly options: UdpPortsOptions;
  private readonly sockets: UdpSockets;
  private readonly outgoing: Int32Array;
  private readonly ports = new Map<number, OpenPort>();
  private readonly byAddress = new Map<string, OpenPort>();
  private readonly copies = new DatagramCopies();
  private remembered = 0;
  private at = 0;
  private scratchAt: number;

  constructor(options: UdpPortsOptions) {
    this.options = options;
    this.sockets = createUdpSockets({ onBatch: (count) => this.serve(count) });
    this.outgoing = this.sockets.outgoing;
    this.scratchAt = this.sockets.scratch.offset;
  }

  /** Opens a port. @returns its number. @throws {Error} with the system's code. */
  async open(address: string, port: number): Promise<number> {
    const socket = await new Promise<number>((resolve, reject) => {
      this.sockets.open({ address, port, bufferBytes, receivesRuns: false }, (opened) => {
        if (typeof opened === 'number') resolve(opened);
        else reject(Object.assign(new Error(`UDP ${address} port ${port}: ${opened.code}`), opened));
      });
    });
    const opened: OpenPort = { local: { address, port: this.sockets.portOf(socket) }, socket, flows: new Map() };
    this.ports.set(socket, opened);
    this.byAddress.set(address, opened);
    return opened.local.port;
  }

  closeOn(address: string): void {
    const open = this.byAddress.get(address);
    if (open === undefined) return;
    this.byAddress.delete(address);
    this.ports.delete(open.socket);
    this.sockets.close(open.socket);
  }

  close(): void {
    this.sockets.destroy();
  }

  /** The flow from one of our addresses to a transport address; `undefined` where we are not on it, or it is no address. */
  flowFrom(localAddress: string, remote: SocketAddress): UdpFlow | undefined {
    const open = this.byAddress.get(localAddress);
    const words = addressWords(remote.address);
    return open === undefined || words === undefined ? undefined : this.flowOf(open, remote.address.includes(':') ? 6 : 4, words, remote.port);
  }

  /** Puts a message into the batch that is sent by `flush`, or at the end of the batch that is being served. `false`: it is none of our flows, or it fits no datagram. */
  send(flow: SipFlow, bytes: Uint8Array): boolean {
    const known = flow instanceof UdpFlow && this.ports.has(flow.socket) ? flow : this.flowFrom(flow.local.address, flow.remote);
    if (known === undefined || bytes.length > longestDatagram) return false;
    const { scratch, slab, outgoingCapacity } = this.sockets;
    if (this.at === outgoingCapacity * outgoingWords.stride || this.scratchAt + bytes.length > scratch.offset + scratch.length) this.flush();
    const { outgoing, at, scratchAt } = this;
    slab.set(bytes, scratchAt);
    outgoing[at + outgoingWords.socket] = known.socket;
    outgoing[at + outgoingWords.family] = known.family;
    outgoing[at + outgoingWords.port] = known.remote.port;
    outgoing[at + outgoingWords.w0] = known.words[0];
    outgoing[at + outgoingWords.w1] = known.words[1];
    outgoing[at + outgoingWords.w2] = known.words[2];
    outgoing[at + outgoingWords.w3] = known.words[3];
    outgoing[at + outgoingWords.offset] = scratchAt;
    outgoing[at + outgoingWords.length] = bytes.length;
    outgoing[at + outgoingWords.headerLength] = 0;
    outgoing[at + outgoingWords.flags] = 0;
    this.scratchAt = scratchAt + bytes.length;
    this.at = at + outgoingWords.stride;
    return true;
  }

  /** Sends what waits. */
  flush(): void {
    const count = this.take();
    if (count > 0) this.sockets.send(count);
  }

  private take(): number {
    const count = this.at / outgoingWords.stride;
    this.at = 0;
    this.scratchAt = this.sockets.scratch.offset;
    return count;
  }

  private serve(count: number): number {
    const { received } = this.sockets;
    for (let at = 0, end = count * receivedWords.stride; at < end; at += receivedWords.stride) {
      const open = this.ports.get(received[at + receivedWords.socket] ?? 0);
      if (open === undefined) continue;
      const flow = this.flowAt(open, at);
      if (received[at + receivedWords.kind] === receivedKind.icmpError) this.options.onUnreachable(flow);
      else this.serveDatagram(flow, received[at + receivedWords.offset] ?? 0, received[at + receivedWords.length] ?? 0);
    }
    return this.take();
  }

  private serveDatagram(flow: UdpFlow, offset: number, length: number): void {
    const { slab } = this.sockets;
    if (this.options.admits(slab, offset, length, flow)) this.options.onDatagram(this.copies.of(slab, offset, length), flow);
  }

  private flowAt(open: OpenPort, at: number): UdpFlow {
    const { received } = this.sockets;
    const words = [received[at + receivedWords.w0] ?? 0, received[at + receivedWords.w1] ?? 0, received[at + receivedWords.w2] ?? 0, received[at + receivedWords.w3] ?? 0] as const;
    return this.flowOf(open, received[at + receivedWords.family] === 6 ? 6 : 4, words, received[at + receivedWords.port] ?? 0);
  }

  private flowOf(open: OpenPort, family: 4 | 6, words: UdpFlow['words'], port: number): UdpFlow {
    const [w0, w1, w2, w3] = words;
    const key = family === 4 ? (w0 >>> 0) * 65_536 + port : `${words.join(' ')} ${port}`;
    const known = open.flows.get(key);
    if (known !== undefined) return known;
    if (this.remembered >= rememberedFlows) this.forgetFlows();
    this.remembered += 1;
    const flow = new UdpFlow(open.socket, open.local, { address: addressText(family, w0, w1, w2, w3), port }, words);
    open.flows.set(key, flow);
    return flow;
  }

  private forgetFlows(): void {
    for (const { flows } of this.ports.values()) flows.clear();
    this.remembered = 0;
  }
}

/** What UDP carries over IPv4. */
const longestDatagram = 65_507;
