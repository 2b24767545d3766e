import type { UdpSockets } from '@dialplane/kernels';
import type { TrunkPortSlice } from '../../process-api/process-messages.ts';

/** Of a telephone's sound, many times over. */
const bufferBytes = 256 * 1024;
/** Pairs that another program holds are passed over, so many of them in a row. */
const attempts = 32;

/** One of the two sockets of a telephone's leg. */
export interface RtpEnd<Transport> {
  readonly transport: Transport;
  readonly carries: 'rtp' | 'rtcp';
}

/** An even port and the next one, open. */
export interface RtpPortPair {
  readonly address: string;
  /** Of RTP. */
  readonly port: number;
  readonly rtpSocket: number;
  readonly rtcpSocket: number;
}

/** A pair that nobody has: it was never opened, or rests with its sockets since a call. */
type FreePair = RtpPortPair | { readonly port: number };

/**
 * The ports of telephones' legs in one process. Pairs are handed out in an order that nobody can guess, and one that was given back comes last, so that packets of the call before find nobody
 * for as long as can be. Its sockets stay open, since to open and to close them takes a tenth of what a call costs; what comes to them meanwhile is dropped.
 */
export class RtpPorts<Transport> {
  private readonly sockets: UdpSockets;
  private readonly free: FreePair[];
  private readonly ends = new Map<number, RtpEnd<Transport> | 'resting'>();
  private readonly range: string;

  /** @param random A random 32-bit integer. */
  constructor(sockets: UdpSockets, slice: TrunkPortSlice | undefined, random: () => number) {
    this.sockets = sockets;
    this.range = slice === undefined ? 'none' : `${slice.first}-${slice.last}`;
    this.free = slice === undefined ? [] : shuffled(pairsOf(slice), random).map((port) => ({ port }));
  }

  /** Whose socket it is, if it is a telephone's; `resting` where its pair is nobody's. */
  endAt(socket: number): RtpEnd<Transport> | 'resting' | undefined {
    return this.ends.get(socket);
  }

  /** Hands out a pair at an address of the machine. @returns the pair, or why there is none, as a sentence. */
  open(address: string): RtpPortPair | string {
    let failure = `No port for a telephone is free (--trunk-ports ${this.range}).`;
    for (let attempt = Math.min(attempts, this.free.length); attempt > 0; attempt -= 1) {
      const pair = this.free.shift();
      if (pair === undefined) break;
      const opened = this.openAt(address, pair);
      if (typeof opened === 'object') return opened;
      failure = `UDP ports ${pair.port} and ${pair.port + 1} on ${address} cannot be opened: ${opened}.`;
      this.free.push({ port: pair.port });
    }
    return failure;
  }

  /** From here on what comes to the pair is for `transport`. */
  give({ rtpSocket, rtcpSocket }: RtpPortPair, transport: Transport): void {
    this.ends.set(rtpSocket, { transport, carries: 'rtp' });
    this.ends.set(rtcpSocket, { transport, carries: 'rtcp' });
  }

  /** Takes a pair back. */
  close(pair: RtpPortPair): void {
    this.ends.set(pair.rtpSocket, 'resting').set(pair.rtcpSocket, 'resting');
    this.free.push(pair);
  }

  private openAt(address: string, pair: FreePair): RtpPortPair | string {
    if (!('rtpSocket' in pair)) return this.openPair(address, pair.port);
    if (pair.address === address) return pair;
    for (const socket of [pair.rtpSocket, pair.rtcpSocket]) {
      this.ends.delete(socket);
      this.sockets.close(socket);
    }
    return this.openPair(address, pair.port);
  }

  private openPair(address: string, port: number): RtpPortPair | string {
    const rtpSocket = this.openSocket(address, port);
    if (typeof rtpSocket === 'string') return rtpSocket;
    const rtcpSocket = this.openSocket(address, port + 1);
    if (typeof rtcpSocket === 'number') return { address, port, rtpSocket, rtcpSocket };
    this.sockets.close(rtpSocket);
    return rtcpSocket;
  }

  private openSocket(address: string, port: number): number | string {
    let outcome: number | string = 'it does not say why';
    this.sockets.open({ address, port, bufferBytes, receivesRuns: false }, (opened) => (outcome = typeof opened === 'number' ? opened : opened.code));
    return outcome;
  }
}

/** Ports of RTP. */
function pairsOf({ first, last, index, of }: TrunkPortSlice): number[] {
  const start = first + (first % 2);
  const count = Math.max(0, Math.floor((last - start + 1) / 2));
  return Array.from({ length: count }, (_, pair) => pair).filter((pair) => pair % of === index).map((pair) => start + 2 * pair);
}

/** Fisher and Yates. */
function shuffled(ports: number[], random: () => number): number[] {
  for (let at = ports.length - 1; at > 0; at -= 1) {
    const other = (random() >>> 0) % (at + 1);
    [ports[at], ports[other]] = [ports[other] ?? 0, ports[at] ?? 0];
  }
  return ports;
}
