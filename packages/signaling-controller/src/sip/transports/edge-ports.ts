import { errorCode, type Logger } from '@dialplane/telemetry';
import type { OwnAddresses } from '../routing/own-addresses.ts';
import type { StreamPorts } from './stream-ports.ts';
import type { UdpPorts } from './udp-ports.ts';

export interface EdgePortsOptions {
  readonly udp: UdpPorts;
  readonly streams: StreamPorts;
  readonly addresses: OwnAddresses;
  readonly logger: Logger;
  readonly port: number;
  readonly tlsPort: number | undefined;
}

const freePortAttempts = 16;
const followEveryTicks = 10;

/** The edge's ports on every address of the machine, the same numbers on each, as addresses come and go. */
export class EdgePorts {
  private readonly options: EdgePortsOptions;
  private current: { readonly port: number; readonly tlsPort: number | undefined };
  private readonly on = new Set<string>();
  private ticks = 0;

  constructor(options: EdgePortsOptions) {
    this.options = options;
    this.current = { port: options.port, tlsPort: options.tlsPort };
  }

  get port(): number {
    return this.current.port;
  }

  get tlsPort(): number | undefined {
    return this.current.tlsPort;
  }

  /** `192.0.2.1`, `2001:db8::1`, ...: the addresses that it listens on. */
  get listening(): readonly string[] {
    return [...this.on];
  }

  /** @throws {Error} with the system's code; what was opened is closed by whoever closes the ports. */
  async open(): Promise<void> {
    await this.openAll();
    if (this.on.size === 0) throw Object.assign(new Error('There is no address to listen on for SIP.'), { code: 'EADDRNOTAVAIL' });
    this.options.addresses.setPorts(this.current);
  }

  /** Looks now and then which addresses the machine has. */
  async follow(): Promise<void> {
    this.ticks += 1;
    if (this.ticks % followEveryTicks !== 0) return;
    const wanted = this.options.addresses.local();
    for (const address of this.on) if (!wanted.includes(address)) this.closeOn(address);
    for (const address of wanted) {
      if (this.on.has(address)) continue;
      await this.openOn(address).catch((error: unknown) => {
        this.closeOn(address);
        this.options.logger.warn({ address, code: errorCode(error) }, 'SIP cannot be listened for on an address of this machine; it is tried again.');
      });
    }
  }

  /** A port of the system's choice may be free for UDP on one address and not for TCP, or not on another address: then all begin again with another one. */
  private async openAll(): Promise<void> {
    const asked = this.current;
    for (let attempt = 1; ; attempt += 1) {
      try {
        for (const address of this.options.addresses.local()) await this.openIfThere(address);
        return;
      } catch (error) {
        if (errorCode(error) !== 'EADDRINUSE' || (asked.port !== 0 && asked.tlsPort !== 0) || attempt >= freePortAttempts) throw error;
        for (const address of this.options.addresses.local()) this.closeOn(address);
        this.current = asked;
      }
    }
  }

  /** An IPv6 address takes a second until it is sure to be unique; {@link follow} comes back to it. */
  private async openIfThere(address: string): Promise<void> {
    const before = this.current;
    try {
      await this.openOn(address);
    } catch (error) {
      if (errorCode(error) !== 'EADDRNOTAVAIL') throw error;
      this.closeOn(address);
      this.current = before;
    }
  }

  private async openOn(address: string): Promise<void> {
    const { udp, streams } = this.options;
    const port = await udp.open(address, this.current.port);
    await streams.listen('tcp', address, port);
    const tlsPort = this.current.tlsPort === undefined ? undefined : await streams.listen('tls', address, this.current.tlsPort);
    this.current = { port, tlsPort };
    this.on.add(address);
  }

  private closeOn(address: string): void {
    this.on.delete(address);
    this.options.udp.closeOn(address);
    this.options.streams.closeOn(address);
  }
}
