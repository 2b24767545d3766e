import type { UdpSockets } from '@dialplane/kernels';
import { formatIpAddress, formatTransportAddress, type IpAddress, sameIpAddress, sameTransportAddress, type TransportAddress, transportAddress } from '@dialplane/stun';
import { RelayError } from '../../relay-error.ts';
import type { PlaneLog } from '../plane-messages.ts';
import { systemErrorCode } from '../system-error-code.ts';

/** A port on one address of the machine, open for UDP and TCP. */
export interface Listener {
  readonly local: TransportAddress;
  /** Number of its UDP socket. */
  readonly socket: number;
  readonly stopTcp: () => void;
}

/** Listens for streams. Rejects with the system's error. */
export type TcpListen = (local: TransportAddress) => Promise<() => void>;

/** Tries at a port of the system's choice that is free for UDP but not for TCP, or not on every address. */
const freePortAttempts = 16;
const bufferBytes = 4 * 1024 * 1024;

/**
 * Where clients reach the relay: the same ports on every address, each with a UDP socket of its own, so that an answer comes from the address that was asked.
 */
export class Listeners {
  private readonly sockets: UdpSockets;
  private readonly tcpListen: TcpListen;
  private readonly log: PlaneLog;
  private readonly bySocket = new Map<number, Listener>();
  private open: Listener[] = [];
  private ports: readonly number[] = [];

  constructor(sockets: UdpSockets, tcpListen: TcpListen, log: PlaneLog) {
    this.sockets = sockets;
    this.tcpListen = tcpListen;
    this.log = log;
  }

  /**
   * Opens every port on every address; one that the machine does not have yet (IPv6 addresses take a second until they are sure to be unique) is left to `follow`.
   * @returns the ports, with those that were 0 chosen.
   * @throws {RelayError} `RELAY_PORT_UNAVAILABLE`; nothing is open then.
   */
  async start(addresses: readonly IpAddress[], ports: readonly number[]): Promise<readonly number[]> {
    for (const port of ports) this.ports = [...this.ports, await this.openEverywhere(addresses, port)];
    return this.ports;
  }

  /** Listens where it does not yet, and no more on addresses that are gone. What cannot be opened is told in the log, and tried again with the next call. */
  async follow(addresses: readonly IpAddress[]): Promise<void> {
    for (const listener of this.open.filter(({ local }) => !addresses.some((ip) => sameIpAddress(ip, local)))) this.close(listener);
    const wanted = addresses.flatMap((ip) => this.ports.map((port) => transportAddress(ip, port)));
    for (const local of wanted.filter((each) => !this.open.some((listener) => sameTransportAddress(listener.local, each)))) {
      await this.openOne(local).catch((error: unknown) => {
        this.log('warn', { address: formatTransportAddress(local), code: systemErrorCode(error), limited: 'listen' }, 'The relay cannot listen on an address of this machine; it tries again.');
      });
    }
  }

  /** The listener with this UDP socket; `undefined` for a relay's. */
  of(socket: number): Listener | undefined {
    return this.bySocket.get(socket);
  }

  /** The same address's other port. */
  otherOf(listener: Listener): Listener | undefined {
    return this.open.find(({ local }) => local.port !== listener.local.port && sameIpAddress(local, listener.local));
  }

  /** No new streams; the UDP sockets stay until the kernel is destroyed. */
  stop(): void {
    for (const { stopTcp } of this.open) stopTcp();
  }

  private async openEverywhere(addresses: readonly IpAddress[], wanted: number): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      const before = this.open.length;
      let port = wanted;
      try {
        for (const ip of addresses) port = (await this.openIfThere(transportAddress(ip, port))) ?? port;
        if (this.open.length > before) return port;
        throw Object.assign(new Error('no address is there'), { code: 'EADDRNOTAVAIL' });
      } catch (error) {
        for (const listener of this.open.slice(before)) this.close(listener);
        const code = systemErrorCode(error) ?? String(error);
        if (wanted === 0 && code === 'EADDRINUSE' && attempt < freePortAttempts) continue;
        throw new RelayError('RELAY_PORT_UNAVAILABLE', `port ${port}: ${code}`, error);
      }
    }
  }

  private async openIfThere(wanted: TransportAddress): Promise<number | undefined> {
    try {
      return (await this.openOne(wanted)).local.port;
    } catch (error) {
      if (systemErrorCode(error) === 'EADDRNOTAVAIL') return undefined;
      throw error;
    }
  }

  private async openOne(wanted: TransportAddress): Promise<Listener> {
    const socket = await new Promise<number>((resolve, reject) => {
      this.sockets.open({ address: formatIpAddress(wanted), port: wanted.port, bufferBytes }, (opened) => {
        if (typeof opened === 'number') resolve(opened);
        else reject(Object.assign(new Error(`UDP ${formatTransportAddress(wanted)}: ${opened.code}`), opened));
      });
    });
    const local = transportAddress(wanted, this.sockets.portOf(socket));
    try {
      const listener: Listener = { local, socket, stopTcp: await this.tcpListen(local) };
      this.open.push(listener);
      this.bySocket.set(socket, listener);
      return listener;
    } catch (error) {
      this.sockets.close(socket);
      throw error;
    }
  }

  private close(listener: Listener): void {
    this.open = this.open.filter((other) => other !== listener);
    this.bySocket.delete(listener.socket);
    this.sockets.close(listener.socket);
    listener.stopTcp();
  }
}
