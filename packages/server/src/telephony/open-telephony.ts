import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { nodeRandomness, nodeSipCrypto } from '@dialplane/kernels';
import { createSipEdge, type SipEdge, type SipFlowNote } from '@dialplane/signaling-controller';
import type { Store } from '@dialplane/store';
import type { Logger, Metrics } from '@dialplane/telemetry';
import { retireDemoCarrier, TelephoneService, type TelephonyBooks } from '@dialplane/telephony';
import type { TelephoneControl } from '@dialplane/telephony-api';
import type { ServerCertificate } from '../certificates/server-certificate.ts';
import type { ServerOptions } from '../command-line/options.ts';
import { Failure } from '../failures.ts';
import type { MediaPart } from '../media/open-media.ts';
import { boundAddress, relayHosts } from '../relay/relay-addresses.ts';
import { readVersion } from '../repository.ts';
import { absentTelephony } from './absent-telephony.ts';
import { DemoPart } from './demo-part.ts';

export interface OpenTelephonyOptions {
  readonly options: ServerOptions;
  /** Whether the demonstration carrier runs, and how long its telephones ring. */
  readonly demoCarrier: { readonly ringMs?: number } | undefined;
  readonly books: TelephonyBooks;
  readonly store: Store;
  readonly media: MediaPart;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly certificate: () => ServerCertificate;
}

/** What of the calls telephony tells: SIP messages for their flow records. */
export interface TelephonyCalls {
  noteSip(note: SipFlowNote): void;
}

/** Ties the books, the SIP edge and the user agents together; SIP is open once {@link TelephonyPart.start} was called. */
export class TelephonyPart {
  readonly edge: SipEdge | undefined;
  readonly control: TelephoneControl;
  readonly #opening: OpenTelephonyOptions;
  readonly #service: TelephoneService | undefined;
  readonly #demo: DemoPart | undefined;
  #calls: TelephonyCalls | undefined;

  constructor(opening: OpenTelephonyOptions) {
    const { options, books, demoCarrier } = opening;
    this.#opening = opening;
    this.edge = options.sip ? this.#makeEdge() : undefined;
    this.#service = this.edge === undefined ? undefined : this.#makeService(this.edge);
    this.edge?.onRegistration((username) => this.#service?.hearRegistration(username));
    this.#demo = this.edge === undefined || demoCarrier === undefined ? undefined : new DemoPart(books, this.edge, demoCarrier);
    const control = this.#service ?? absentTelephony('SIP is turned off on this server (--sip off).');
    this.control = this.#demo?.observe(control) ?? control;
  }

  /**
   * Opens the SIP ports and begins to register with trunks and to watch them.
   *
   * @throws {Failure} `SIP_PORT_UNAVAILABLE`
   */
  async start(calls: TelephonyCalls): Promise<void> {
    const { logger, books } = this.#opening;
    this.#calls = calls;
    if (this.edge !== undefined) {
      await this.edge.start().catch((error: unknown) => {
        throw new Failure('SIP_PORT_UNAVAILABLE', error instanceof Error ? error.message : String(error), error);
      });
      logger.info(this.edge.status(), 'SIP is ready.');
    }
    if (this.#demo === undefined) await retireDemoCarrier(books);
    else await this.#demo.start();
    this.#service?.start();
  }

  /** Calls from outside are refused from now on. */
  drain(): void {
    this.#service?.drain();
  }

  /** Ends SIP; the books must still be open. */
  async close(): Promise<void> {
    await this.#service?.close();
    this.#demo?.close();
    await this.edge?.close();
  }

  /** A user is deleted: what rings for them is registered no more. */
  forgetUser(identifier: string): void {
    for (const device of this.#opening.books.devices.list()) if (device.identifier === identifier) this.edge?.unregister(device.username);
  }

  #makeEdge(): SipEdge {
    const { options, books, store, logger, metrics, certificate } = this.#opening;
    const bound = boundAddress(options.host);
    const publicAddresses = [...options.publicAddresses, ...(options.domain === undefined ? [] : [options.domain])];
    const authorities = options.sipAuthorityFile === undefined ? [] : [readAuthorities(options.sipAuthorityFile)];
    return createSipEdge({
      store, metrics, logger: logger.child({ part: 'sip' }), directory: books.directory, port: options.sipPort, tlsPort: options.sipTlsPort, strangers: options.sipStrangers,
      publicAddresses, certificate, trustedAuthorities: () => authorities, ...(bound !== undefined && { listenAddresses: [bound] }),
      onFlowNote: (note) => this.#calls?.noteSip(note), onTrunkOptions: (trunk) => this.#service?.hearOptions(trunk),
    });
  }

  #makeService(edge: SipEdge): TelephoneService {
    const { options, books, media, logger, metrics, certificate } = this.#opening;
    return new TelephoneService({
      link: edge.link, media: media.control, books, logger, metrics, randomness: nodeRandomness(), crypto: nodeSipCrypto, product: `Dialplane/${readVersion()}`,
      watch: (sipCallId, about) => edge.watch(sipCallId, about), isRegistered: (username) => edge.registrationsOf(username).length > 0,
      domain: () => hostInUri(relayHosts(options, certificate())[0] ?? '127.0.0.1'),
    });
  }
}

function readAuthorities(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (new X509Certificate(text).ca) return text;
    throw new Error('it is not the certificate of an authority');
  } catch (error) {
    throw new Failure('SIP_CA_UNREADABLE', path, error);
  }
}

function hostInUri(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}
