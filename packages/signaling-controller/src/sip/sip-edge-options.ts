import type { SipLink } from '@dialplane/sip';
import type { Store } from '@dialplane/store';
import type { Logger, Metrics } from '@dialplane/telemetry';
import type { Clock } from '../clock.ts';
import type { SipEdgeDirectory } from './edge-directory.ts';
import type { SipFlowNote } from './messages/message-tap.ts';

/** A certificate chain and its key (PEM). */
export interface SipCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** What a stranger could grow, and how far. */
export interface SipEdgeLimits {
  /** Requests per second from one network that is neither a trunk's nor a registered telephone's: an IPv4 address or an IPv6 /64. */
  readonly strangerRequestsPerSecond: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  /** How long a connection may take for its first message, and for the rest of one that has begun. */
  readonly messageMs: number;
  /** How long a connection may be silent. Telephones send something every two minutes at the latest (RFC 5626 §4.4). */
  readonly idleMs: number;
  readonly transactions: number;
  /** New requests per second that are served; above, and where the event loop is late by more than `lagMs` again and again, they are told to come later (503, Retry-After). */
  readonly requestsPerSecond: number;
  readonly lagMs: number;
  readonly bindingsPerDevice: number;
}

export const defaultSipEdgeLimits: SipEdgeLimits = {
  strangerRequestsPerSecond: 20,
  connections: 4_000,
  connectionsPerAddress: 64,
  messageMs: 10_000,
  idleMs: 600_000,
  transactions: 200_000,
  requestsPerSecond: 10_000,
  lagMs: 250,
  bindingsPerDevice: 8,
};

export interface SipEdgeOptions {
  readonly store: Store;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly directory: SipEdgeDirectory;
  /** UDP and TCP; 0 takes any free one. */
  readonly port: number;
  /** `undefined`: no TLS. */
  readonly tlsPort: number | undefined;
  /** Addresses to listen on; without them all that the machine has. */
  readonly listenAddresses?: readonly string[];
  /** Names and addresses by which others reach this server: the first address of each family stands in Via, Contact and Record-Route in place of private ones, names are its domains. */
  readonly publicAddresses?: readonly string[];
  /** Route value of user agents that are elsewhere, `<sip:192.0.2.7;lr>`; without it they are at the link. */
  readonly userAgents?: string;
  /** The certificate to show now; asked for whenever a connection begins. */
  readonly certificate?: () => SipCertificate;
  /** PEM certificates of authorities that are trusted beside the system's, for the certificates of trunks. */
  readonly trustedAuthorities?: () => readonly string[];
  /** What requests of strangers get. */
  readonly strangers: 'silent' | 'refuse';
  readonly clock?: Clock;
  readonly limits?: Partial<SipEdgeLimits>;
  /** Name servers to ask where SIP URIs lead, `127.0.0.1:5300`; without them those of the system. */
  readonly nameServers?: readonly string[];
  /** Takes what is to be written into the flow record of a call. */
  readonly onFlowNote?: (note: SipFlowNote) => void;
  /** A trunk has asked whether we are there. */
  readonly onTrunkOptions?: (trunkId: string) => void;
}

/** A trunk's or telephone's SIP as an operator sees it. */
export interface SipEdgeStatus {
  readonly port: number;
  readonly tlsPort: number | undefined;
  /** Where others reach the edge: an entry for each address and transport. */
  readonly addresses: readonly string[];
  readonly connections: number;
  readonly transactions: number;
  readonly bindings: number;
}

/** A telephone that is registered now. */
export interface SipRegistration {
  readonly username: string;
  readonly contact: string;
  readonly transport: 'udp' | 'tcp' | 'tls' | 'inside';
  /** Transport address that its registration came from. */
  readonly source: string;
  readonly userAgent: string | undefined;
  /** Wall clock. */
  readonly expiresAtMs: number;
}

/** The SIP edge: sockets, the proxy, the registrar. */
export interface SipEdge {
  /** To the user agents of this process. */
  readonly link: SipLink;
  /** Opens the ports and takes up the registrations of the run before. @throws {Error} with the system's code where a port cannot be opened. */
  start(): Promise<void>;
  close(): Promise<void>;
  status(): SipEdgeStatus;
  /** Registrations of a telephone that can be rung now. */
  registrationsOf(username: string): readonly SipRegistration[];
  /** Called when a telephone can be rung, or no longer can. */
  onRegistration(listener: (username: string) => void): void;
  /** Ends the registrations of a telephone: its credentials are gone. */
  unregister(username: string): void;
  /**
   * Says which call the messages with this Call-ID belong to, also those that have passed already, and which lane of its ladder the peer outside is:
   * `trunk:NAME`, `phone:USERNAME`.
   *
   * @returns how to say that the dialog is over; messages that come late are still noted.
   */
  watch(sipCallId: string, about: { readonly callId: string; readonly lane: string }): () => void;
}
