import type { SipFlow } from '@dialplane/sip';
import type { Clock } from '../../clock.ts';
import { addressKey, RateLimiter } from '../../http/rate-limiter.ts';
import type { SipEdgeDirectory } from '../edge-directory.ts';
import type { EdgeMetrics } from '../edge-metrics.ts';
import type { Registrations } from '../registrations/registrations.ts';

export interface SourceGateOptions {
  readonly clock: Clock;
  readonly perSecond: number;
  readonly directory: SipEdgeDirectory;
  readonly registrations: Registrations;
  readonly metrics: EdgeMetrics;
}

const shortestRequest = 40;
const noNames: readonly string[] = [];
/** `SIP/`: how responses begin. */
const responseStart = [0x53, 0x49, 0x50, 0x2f] as const;

/**
 * The first look at what comes in, before anything is copied or read: whether it can be SIP at all, and whether a stranger's network has used up what it gets. A scanner's
 * flood ends here, counted and never logged.
 */
export class SourceGate {
  private readonly options: SourceGateOptions;
  private readonly strangers: RateLimiter;

  constructor(options: SourceGateOptions) {
    this.options = options;
    this.strangers = new RateLimiter({ perSecond: options.perSecond, burst: options.perSecond * 5 }, options.clock, 20_000);
  }

  /** Keep-alives (RFC 5626 §3.5.2, and CRLF), other protocols and scraps are none. */
  admitsDatagram(bytes: Uint8Array, offset: number, length: number, flow: SipFlow): boolean {
    const first = bytes[offset] ?? 0;
    if (length < shortestRequest || first < 0x21 || first > 0x7e) {
      this.options.metrics.scrap();
      return false;
    }
    return this.admits(bytes, offset, flow, noNames);
  }

  admitsMessage(bytes: Uint8Array, flow: SipFlow, tlsNames: readonly string[]): boolean {
    return this.admits(bytes, 0, flow, tlsNames);
  }

  /** Whether whoever is behind a flow is a trunk or a registered telephone. */
  isKnown(flow: SipFlow, tlsNames: readonly string[] = noNames): boolean {
    const { directory, registrations } = this.options;
    const transport = flow.transport === 'inside' ? 'udp' : flow.transport;
    return directory.trunkOf({ transport, address: flow.remote.address, port: flow.remote.port, tlsNames }) !== undefined || registrations.isFlowOfDevice(flow);
  }

  /** A response finds its transaction or is dropped there; a request of a stranger is taken from what its network gets. */
  private admits(bytes: Uint8Array, offset: number, flow: SipFlow, tlsNames: readonly string[]): boolean {
    if (responseStart.every((byte, at) => bytes[offset + at] === byte) || this.isKnown(flow, tlsNames)) return true;
    if (this.strangers.take(addressKey(flow.remote.address)) === 0) return true;
    this.options.metrics.limited();
    return false;
  }
}
