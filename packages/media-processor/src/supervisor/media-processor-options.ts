import type { SoundFile } from '@dialplane/media-api';
import type { Logger } from '@dialplane/telemetry';

/** Where the Media Processor is and what it may take. */
export interface MediaProcessorOptions {
  readonly logger: Logger;
  /** UDP port of the first process; each further one has the next. 0: any that are free. */
  readonly firstPort: number;
  /** Processes that serve conferences; one more is kept ready, so that a lost one costs no start-up time. */
  readonly processes: number;
  /** IP addresses of this machine to listen on, best first. */
  readonly listenAddresses: readonly string[];
  /** IP addresses by which others reach this machine, where those differ (1:1 NAT); told to clients before the others. */
  readonly publicAddresses: readonly string[];
  /** UDP ports for legs of telephones, in pairs; without them there are no such legs. */
  readonly trunkPorts?: { readonly first: number; readonly last: number };
  /** The one folder whose files media processes may play, absolute; without it they play none. */
  readonly soundFolder?: string;
  /** In it: what is heard on hold; without it a melody that is made on the spot. */
  readonly holdMusic?: SoundFile;
  /** Of all DTLS associations, for as long as this one runs. */
  readonly certificate: MediaCertificate;
  readonly limits?: Partial<MediaProcessorLimits>;
}

/** PEM; ECDSA P-256 is what every client takes (RFC 8827 §6.5). */
export interface MediaCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** Bounds on what the owners of calls, and through them clients, can make it do. */
export interface MediaProcessorLimits {
  readonly legsPerConference: number;
  /** m= sections that are in use. */
  readonly sectionsPerLeg: number;
  /** Offers of one leg: so many at once, and so many a second from then on. */
  readonly offersAtOnce: number;
  readonly offersPerSecond: number;
}

/** Defaults: a call of 350 people, of whom some are there twice while they change their connection. */
export const defaultMediaProcessorLimits: MediaProcessorLimits = {
  legsPerConference: 400,
  sectionsPerLeg: 64,
  offersAtOnce: 30,
  offersPerSecond: 4,
};
