import type { Duplex } from 'node:stream';
import type { AllocationEnd, RelayedTotals } from '@dialplane/turn';
import type { PlaneStatistics } from './plane/plane-statistics.ts';
import type { RelayGrant } from './relay-grant.ts';

/** One step in the life of an allocation, for the ledger. Totals only grow; addresses as `192.0.2.1:3478` or `[2001:db8::1]:3478`. */
export interface RelayUsageEvent {
  readonly kind: 'started' | 'continued' | 'stopped';
  /** Of `stopped`; `crashed` is told at the start after a run that ended without telling it. */
  readonly reason?: AllocationEnd | 'crashed';
  /** Unique for ever. */
  readonly allocationId: string;
  readonly grant: RelayGrant;
  /** How the client reaches the relay. */
  readonly clientTransport: 'udp' | 'tcp' | 'tls';
  /** What is relayed: UDP, or TCP (RFC 6062). */
  readonly peerTransport: 'udp' | 'tcp';
  readonly clientAddress: string;
  readonly relayedAddresses: readonly string[];
  readonly totals: RelayedTotals;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Where a stream comes from whose TLS another port has terminated. */
export interface HandedOverStream {
  readonly stream: Duplex;
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** The address of ours that the client reached: it is relayed on that one. */
  readonly localAddress?: string;
}

/** The data plane of the relay, seen from the thread that decides who may use it. The plane itself runs in a thread of its own. */
export interface RelayPlane {
  /** UDP and TCP ports that answer STUN and TURN: the first is the one to advertise, the second serves the NAT test. */
  readonly ports: readonly number[];
  /** `native` or `dgram`, as the kernel says. */
  readonly udpImplementation: 'native' | 'dgram';
  /** Makes a credential work, from the moment this returns. */
  admit(grant: RelayGrant): void;
  /** Makes it stop working and ends its allocations. */
  revoke(credentialId: string): void;
  /** Takes a decrypted stream whose first bytes are STUN; they must still be unread. */
  takeStream(handedOver: HandedOverStream): void;
  /** Figures of now. */
  statistics(): PlaneStatistics;
  /** Refuses new allocations and lets the existing ones go on. */
  drain(): void;
  /** Ends every allocation, tells its usage, closes the ports. */
  close(): Promise<void>;
}
