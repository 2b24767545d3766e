import type { Logger } from '@dialplane/telemetry';
import type { RelayUsageEvent } from './relay-plane.ts';

/** First and last port of a range. */
export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Whom relays may reach besides the rest of the Internet. */
export interface RelayPeers {
  /**
   * Private ranges that may be reached, as `10.0.0.0/8` or `fd00::/8`. By default all of them where the machine has private addresses only, else none. Loopback, link-local
   * and metadata addresses stay forbidden whatever is listed.
   */
  readonly allowed?: readonly string[];
  /** Where media processors listen, always permitted. */
  readonly mediaProcessors?: ReadonlyArray<{ readonly address: string; readonly ports: PortRange }>;
  /** Ranges permitted whatever they are. For tests, whose only network is loopback; nothing on the command line leads here. */
  readonly laboratory?: readonly string[];
}

/** Bounds on what users and strangers can make the relay do. */
export interface RelayLimits {
  /** Allocations over all; also what the counters' file has room for. */
  readonly allocations: number;
  readonly allocationsPerUser: number;
  readonly allocationsPerResource: number;
  /** What a user's allocations relay together, both directions; what exceeds it is dropped. */
  readonly bytesPerSecondPerUser: number;
  readonly bytesPerSecondPerResource: number;
  /** Requests without valid credentials that are answered, per IPv4 address or IPv6 /64 network. */
  readonly challengesPerSecond: number;
  /** Streams (TCP, TLS) open at a time, over all and per IPv4 address or IPv6 /64 network. */
  readonly streams: number;
  readonly streamsPerAddress: number;
  /** How long a stream may take to its first whole message, and to its allocation. */
  readonly firstMessageMs: number;
  /** Bytes that wait for a slow reader; more is dropped, as a network would. */
  readonly waitingBytesPerStream: number;
}

/** Defaults: 4 MB/s a user, no bound on a resource's bytes. */
export const defaultRelayLimits: RelayLimits = {
  allocations: 10_000,
  allocationsPerUser: 64,
  allocationsPerResource: 2_000,
  bytesPerSecondPerUser: 4_000_000,
  bytesPerSecondPerResource: Number.POSITIVE_INFINITY,
  challengesPerSecond: 200,
  streams: 4_096,
  streamsPerAddress: 512,
  firstMessageMs: 10_000,
  waitingBytesPerStream: 256 * 1024,
};

/** What the thread of the plane is started with: data only. */
export interface RelayPlaneSettings {
  /** Addresses to listen on; by default every address of the machine that is not link-local, looked at again as they change. */
  readonly listenAddresses?: readonly string[];
  /** UDP and TCP ports for STUN and TURN, one or two; 0 takes a free one. Default 3478 and 3479. */
  readonly ports?: readonly number[];
  /** Ports for relayed transport addresses. Default 53248 to 65535. */
  readonly relayPorts?: PortRange;
  /**
   * Addresses by which the world reaches this machine, at most one of each family. A relayed address on a private address of the machine is told as the public one
   * of its family (1:1 NAT).
   */
  readonly publicAddresses?: readonly string[];
  /** Key of the passwords: base64(HMAC-SHA1(secret, username)). */
  readonly secret: string;
  readonly realm: string;
  /** SOFTWARE of answers to authenticated clients. */
  readonly software?: string;
  /** Where live totals are kept for the case of a crash. */
  readonly countersPath: string;
  readonly peers?: RelayPeers;
  readonly limits?: Partial<RelayLimits>;
  /** Native where it is built, by default. */
  readonly udpImplementation?: 'native' | 'dgram';
}

export interface RelayPlaneOptions extends RelayPlaneSettings {
  readonly logger: Logger;
  /**
   * Takes one step of usage. Resolves when it is stored; a rejected or unanswered one is told again at the next start, if it was the last of its
   * allocation. Told in order for each allocation.
   */
  readonly onUsage: (event: RelayUsageEvent) => Promise<void>;
}
