import { join } from 'node:path';
import type { Identity } from '@dialplane/identity';
import { openRelayControl, RelayError, startRelayPlane, type HandedOverStream, type RelayControl, type RelayPlane, type RelayService, type RelayUsageEvent } from '@dialplane/relay';
import type { SignalingController } from '@dialplane/signaling-controller';
import type { Store } from '@dialplane/store';
import type { Logger, Metrics } from '@dialplane/telemetry';
import type { ServerCertificate } from '../certificates/server-certificate.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { Failure } from '../failures.ts';
import type { MediaPart } from '../media/open-media.ts';
import { relaysAsSeen } from '../media/relays-as-seen.ts';
import { boundAddress, publicRelayAddresses, relayHosts } from './relay-addresses.ts';
import { relayMetrics } from './relay-metrics.ts';
import { relaySecret } from './relay-secret.ts';

export interface OpenRelayOptions {
  readonly options: ServerOptions;
  /** Ranges of peers that are permitted whatever they are; see {@link RelayPeers.laboratory}. */
  readonly laboratoryPeers: readonly string[];
  readonly store: Store;
  readonly identity: Identity;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Relays always reach it; it is told who comes from a relay that is fed over TCP. */
  readonly media: Pick<MediaPart, 'addresses' | 'processor'>;
  readonly certificate: () => ServerCertificate | undefined;
  /** The port that was opened for HTTPS. */
  readonly tlsPort: () => number;
}

type RelayCalls = Pick<SignalingController, 'isRunning' | 'noteRelay' | 'renewIceConfiguration'>;

const dayMs = 86_400_000;
const renewEveryMs = 60_000;
const sweepEveryMs = 3_600_000;
/** Asking the system for its addresses costs more than all else that a credential takes. */
const lookAgainMs = 5_000;
const bytesPerMegabit = 125_000;

/** The relay in this server: its control side from the start, its plane once {@link RelayPart.start} was called. */
export async function openRelay(opening: OpenRelayOptions): Promise<RelayPart> {
  const { options, store, identity, logger } = opening;
  const secret = await relaySecret(options.dataDir);
  const place: { plane: RelayPlane | undefined } = { plane: undefined };
  const hosts = recently(() => relayHosts(options, opening.certificate()), lookAgainMs);
  const control = await openRelayControl({
    store, logger, secret, dataDir: options.dataDir,
    resourceId: () => identity.resources.default.id,
    place: () => {
      const [port, secondPort] = place.plane?.ports ?? [];
      return port === undefined ? undefined : { hosts: hosts(), port, secondPort, tlsPort: opening.tlsPort() };
    },
    addressRetentionMs: options.recordRetentionDays * dayMs,
    usageRetentionMs: options.relayUsageRetentionDays * dayMs,
  });
  return new RelayPart(opening, secret, control, place);
}

/** Ties the plane, the ledger and the calls together. */
export class RelayPart {
  readonly #opening: OpenRelayOptions;
  readonly #secret: string;
  readonly #control: RelayControl;
  readonly #place: { plane: RelayPlane | undefined };
  #stop: () => void = () => undefined;

  constructor(opening: OpenRelayOptions, secret: string, control: RelayControl, place: { plane: RelayPlane | undefined }) {
    this.#opening = opening;
    this.#secret = secret;
    this.#control = control;
    this.#place = place;
  }

  get service(): RelayService {
    return this.#control.service;
  }

  /** `undefined` where the operator turned the relay off. */
  get plane(): RelayPlane | undefined {
    return this.#place.plane;
  }

  /**
   * Takes up the credentials and tells the usage of the run before, for calls that were restored; then opens the ports.
   *
   * @throws {Failure} `RELAY_PORT_UNAVAILABLE`, `RELAY_UNUSABLE`
   */
  async start(calls: RelayCalls): Promise<void> {
    const { options, identity, logger, metrics } = this.#opening;
    const { credentials, ledger } = this.#control;
    credentials.keepCalls((callId) => calls.isRunning(callId));
    if (options.relay) {
      const plane = await this.#startPlane((event) => this.#takeUsage(event, calls));
      this.#place.plane = plane;
      credentials.attach(plane);
      relayMetrics(metrics, plane, ledger);
      logger.info({ ports: plane.ports, udp: plane.udpImplementation }, 'The relay is ready.');
    }
    await this.#control.sweep();
    const stopListening = identity.onUserDeleted((identifier) => this.#told(this.#control.forgetUser(identifier)));
    const renewing = setInterval(() => this.#renew(calls), renewEveryMs);
    const sweeping = setInterval(() => this.#told(this.#control.sweep()), sweepEveryMs);
    this.#stop = () => {
      stopListening();
      clearInterval(renewing);
      clearInterval(sweeping);
    };
  }

  takeStream(handedOver: HandedOverStream): void {
    if (this.#place.plane === undefined) handedOver.stream.destroy();
    else this.#place.plane.takeStream(handedOver);
  }

  /** New allocations are refused from now on. */
  drain(): void {
    this.#place.plane?.drain();
  }

  /** Ends all allocations and stores what they used; the store must still be open. */
  async close(): Promise<void> {
    this.#stop();
    await this.#place.plane?.close();
    this.#place.plane = undefined;
    await this.#control.close();
  }

  async #startPlane(onUsage: (event: RelayUsageEvent) => Promise<void>): Promise<RelayPlane> {
    const { options, laboratoryPeers, logger, media } = this.#opening;
    const bound = boundAddress(options.host);
    try {
      return await startRelayPlane({
        logger, onUsage, secret: this.#secret, realm: options.domain ?? 'dialplane',
        ports: [options.relayPort, options.relaySecondPort], relayPorts: options.relayPorts,
        countersPath: join(options.dataDir, 'relay-counters'),
        publicAddresses: await publicRelayAddresses(options, logger),
        ...(bound !== undefined && { listenAddresses: [bound] }),
        peers: {
          laboratory: laboratoryPeers,
          mediaProcessors: media.addresses().map(({ address, port }) => ({ address, ports: { first: port, last: port } })),
          ...(options.relayAllowPeers !== undefined && { allowed: options.relayAllowPeers }),
        },
        limits: {
          allocationsPerUser: options.relayAllocationsPerUser, allocationsPerResource: options.relayAllocations, allocations: options.relayAllocations,
          bytesPerSecondPerUser: options.relayMegabitsPerUser * bytesPerMegabit,
        },
      });
    } catch (error) {
      throw relayFailure(error);
    }
  }

  #takeUsage(event: RelayUsageEvent, calls: RelayCalls): Promise<void> {
    const { call } = event.grant;
    this.#tellMedia(event);
    if (call !== undefined) noteUsage(event, (news) => calls.noteRelay(call.callId, call.participantId, event.at, news));
    return this.#control.ledger.record(event);
  }

  /** A client that comes to its relay over TCP or TLS is one whose packets wait for each other. */
  #tellMedia({ kind, clientTransport, peerTransport, relayedAddresses }: RelayUsageEvent): void {
    if (clientTransport === 'udp' || peerTransport === 'tcp' || kind === 'continued') return;
    const { processor } = this.#opening.media;
    const own = [...new Set(processor?.addresses().map(({ address }) => address))];
    for (const address of relayedAddresses.flatMap((relayed) => relaysAsSeen(relayed, own))) processor?.setStreamRelay(address, kind === 'started');
  }

  #renew(calls: RelayCalls): void {
    for (const { callId, participantId } of this.#control.credentials.dueForRenewal()) calls.renewIceConfiguration(callId, participantId);
  }

  #told(work: Promise<void>): void {
    work.catch((error: unknown) => this.#opening.logger.error({ err: error }, 'Housekeeping of the relay failed; it is tried again.'));
  }
}

/** What `look` found last, unless that is too long ago. */
function recently<Found>(look: () => Found, forMs: number): () => Found {
  let last: { readonly found: Found; readonly at: number } | undefined;
  return () => {
    if (last === undefined || performance.now() - last.at >= forMs) last = { found: look(), at: performance.now() };
    return last.found;
  };
}

/** The lines that the flow record of a call has of an allocation: its beginning, and its end with what it relayed. */
function noteUsage(event: RelayUsageEvent, note: (news: Parameters<RelayCalls['noteRelay']>[3]) => void): void {
  const { kind, allocationId, clientTransport, peerTransport, relayedAddresses, totals, reason = 'deleted' } = event;
  if (kind === 'started') note({ kind: 'relayAllocated', allocationId, clientTransport, peerTransport, relayedAddresses: [...relayedAddresses] });
  else if (kind === 'stopped') note({ kind: 'relayReleased', allocationId, reason, ...totals });
}

/** What the relay said about its start, as a `Failure`; other errors pass unchanged. */
function relayFailure(error: unknown): unknown {
  if (!(error instanceof RelayError)) return error;
  if (error.code === 'RELAY_PORT_UNAVAILABLE') return new Failure('RELAY_PORT_UNAVAILABLE', error.detail ?? '', error);
  return new Failure('RELAY_UNUSABLE', error.message, error);
}
