import { azureApi } from '@dialplane/azure-api';
import { connectionString, Identity } from '@dialplane/identity';
import { createSignalingController, errorHandler, fastifyOptions, notFoundHandler, type SignalingController } from '@dialplane/signaling-controller';
import type { RelayService } from '@dialplane/relay';
import type { Store } from '@dialplane/store';
import type { TelephonyBooks } from '@dialplane/telephony';
import { createLogger, createMetrics, type Logger, type Metrics } from '@dialplane/telemetry';
import fastify, { type FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openCertificates, type Certificates } from './certificates/open-certificates.ts';
import { ClosingList } from './closing-list.ts';
import { readServerOptions, type ServerOptions } from './command-line/options.ts';
import { optionsInForce } from './command-line/options-in-force.ts';
import { makeControlKey, removeControlFile, writeControlFile } from './control/control-file.ts';
import { addControlRoutes } from './control/control-routes.ts';
import { identityKeyDesk } from './control/key-desk.ts';
import { identityTokenDesk } from './control/token-desk.ts';
import { portFailure } from './failures.ts';
import { openData } from './open-data.ts';
import { originOf, publicOrigin, reachableOrigins } from './public-origin.ts';
import { mediaSummary } from './media/media-summary.ts';
import { openMedia, type MediaPart } from './media/open-media.ts';
import { openSounds, type SoundPart } from './media/open-sounds.ts';
import { openRelay, type RelayPart } from './relay/open-relay.ts';
import { openBooks } from './telephony/open-books.ts';
import { TelephonyPart } from './telephony/open-telephony.ts';
import { telephonySummary } from './telephony/telephony-summary.ts';
import { readVersion, repositoryRoot } from './repository.ts';
import { serveConsole } from './web/console-files.ts';
import { findSdkTarball, offerAuthority, offerSdk, type SdkTarball } from './web/downloads.ts';
import { addOperationsRoutes } from './web/operations-routes.ts';
import { addSecurityHeaders } from './web/security-headers.ts';
import { createTlsPort } from './web/tls-port.ts';

/** Options of a server in this process: any of the command line's, the presets for the rest. */
export type StartOptions = Partial<ServerOptions> & {
  readonly dataDir: string;
  /** Made from `logLevel` when absent. */
  readonly logger?: Logger;
  /** Ranges of peers that relays may reach whatever they are: for tests, whose only network may be loopback. No option of the command line leads here. */
  readonly laboratoryPeers?: readonly string[];
  /** Runs the demonstration carrier; `ringMs` is how long its telephones ring. */
  readonly demoCarrier?: { readonly ringMs?: number };
};

/** A server that is ready. */
export interface RunningServer {
  /** Over TLS, by the name `localhost`. */
  readonly httpsUrl: string;
  /** On loopback, without TLS. */
  readonly httpUrl: string;
  /** Origins by which other computers reach it; the one that tokens carry first. */
  readonly publicUrls: readonly string[];
  /** UDP and TCP ports of the relay; none where it is off. */
  readonly relayPorts: readonly number[];
  /** UDP ports of media processes; none where there are no group calls. */
  readonly mediaPorts: readonly number[];
  /** UDP and TCP; `undefined` where SIP is off. */
  readonly sipPort: number | undefined;
  /** What an application is configured with. A secret. */
  readonly connectionString: string;
  /** PEM file of the CA that a client has to trust; absent when the operator brought the certificate. */
  readonly certificateAuthorityFile: string | undefined;
  /** Makes a link with which one person can sign in once, as an operator. */
  createSignInLink(): Promise<string>;
  /** Looks at once whether the certificate changed or is due. */
  reloadCertificates(): Promise<void>;
  /**
   * Ends it: new calls are refused, event streams are told to come back, requests in progress get `graceMs` to finish (3
   * seconds by default), records are on the disk. Calls that run are taken up by the next start.
   */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts a server in this process and resolves when it answers. Several can run side by side on ports 0 with data folders of
 * their own.
 *
 * @throws {Failure} `DATA_DIR_IN_USE`, `DATA_DIR_UNUSABLE`, `PORT_IN_USE`, ... Nothing is left open after a throw.
 */
export async function startServer(start: StartOptions): Promise<RunningServer> {
  const options: ServerOptions = { ...readServerOptions({}, {}), ...start };
  const logger = start.logger ?? createLogger({ level: options.logLevel });
  const opened = new ClosingList(logger);
  try {
    const store = await openData(options.dataDir, logger);
    opened.add(() => store.close());
    const certificates = await openCertificates(options, logger.child({ part: 'tls' }));
    opened.add(async () => certificates.close());

    const place = new Place(options, certificates);
    const metrics = createMetrics({ includeProcess: true });
    const identity = await openIdentity({ options, logger, store, place, metrics });
    const sounds = await openSounds(options);
    opened.add(() => sounds.library.close());
    const media = await openMedia({ options, metrics, sounds, logger: logger.child({ part: 'media' }) });
    opened.add(() => media.close());
    const relay = await openRelay({
      options, laboratoryPeers: start.laboratoryPeers ?? [], store, identity, metrics, logger: logger.child({ part: 'relay' }),
      certificate: () => certificates.current(), tlsPort: () => place.ports.https,
      media,
    });
    opened.add(() => relay.close());
    const books = await openBooks({ options, store, identity, logger: logger.child({ part: 'telephony' }) });
    opened.add(() => books.close());
    const telephony = new TelephonyPart({
      options, demoCarrier: start.demoCarrier, books, store, media, metrics, logger: logger.child({ part: 'telephony' }), certificate: () => certificates.current(),
    });
    opened.add(() => telephony.close());
    const stopForgetting = identity.onUserDeleted((identifier) => telephony.forgetUser(identifier));
    opened.add(async () => stopForgetting());
    const services = await openServices({ options, logger, store, identity, place, metrics, relay, media, books, telephony, sounds });
    opened.add(() => services.controller.close());
    await relay.start(services.controller);
    await telephony.start(services.controller);
    const app = await makeRoutes({ logger, certificates, place, services });
    const ports = await openPorts({ options, app, certificates, place, relay, opened });
    await writeControlFile(options.dataDir, { url: place.controlUrl, key: services.controlKey, processId: process.pid });
    opened.add(() => removeControlFile(options.dataDir));
    opened.add(() => services.controller.drain());
    opened.add(async () => relay.drain());
    opened.add(async () => media.processor?.drain());
    opened.add(async () => telephony.drain());

    logger.info({ ...place.ports, version: readVersion(), certificate: certificates.current().kind }, 'The server is ready.');
    return {
      httpsUrl: place.httpsUrl,
      httpUrl: place.httpUrl,
      publicUrls: place.publicUrls(),
      relayPorts: relay.plane?.ports ?? [],
      mediaPorts: [...new Set(media.addresses().map(({ port }) => port))],
      sipPort: telephony.edge?.status().port,
      connectionString: services.connectionString(),
      certificateAuthorityFile: certificates.development?.authority.path,
      createSignInLink: () => services.createSignInLink({ operator: true }),
      reloadCertificates: () => certificates.reload(),
      close: (graceMs = 3000) => {
        ports.setPatience(graceMs);
        return opened.close();
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Where the server is, known in full once its ports are open. */
class Place {
  readonly ports: { https: number; http: number };
  /** The loopback address that was opened first. */
  loopbackAddress = '127.0.0.1';
  readonly #options: ServerOptions;
  readonly #certificates: Certificates;

  constructor(options: ServerOptions, certificates: Certificates) {
    this.#options = options;
    this.#certificates = certificates;
    this.ports = { https: options.httpsPort, http: options.httpPort };
  }

  get httpsUrl(): string {
    return originOf('https', 'localhost', this.ports.https);
  }
  get httpUrl(): string {
    return originOf('http', 'localhost', this.ports.http);
  }
  get controlUrl(): string {
    return originOf('http', this.loopbackAddress, this.ports.http);
  }
  publicUrl(): string {
    return publicOrigin(this.#options, this.#certificates.current(), this.ports.https);
  }
  publicUrls(): readonly string[] {
    return reachableOrigins(this.#options, this.#certificates.current(), this.ports.https);
  }
}

interface Services {
  readonly identity: Identity;
  readonly controller: SignalingController;
  readonly metrics: Metrics;
  readonly relay: RelayService;
  readonly media: MediaPart;
  readonly telephony: TelephonyPart;
  readonly books: TelephonyBooks;
  readonly sdkTarball: SdkTarball | undefined;
  readonly controlKey: string;
  readonly connectionString: () => string;
  readonly createSignInLink: (holder: { readonly operator: boolean }) => Promise<string>;
}

interface Surroundings {
  readonly options: ServerOptions;
  readonly logger: Logger;
  readonly store: Store;
  readonly place: Place;
  readonly metrics: Metrics;
}

async function openIdentity({ options, logger, store, place, metrics }: Surroundings): Promise<Identity> {
  const identity = await Identity.open({ store, metrics, logger: logger.child({ part: 'identity' }), endpoint: () => place.publicUrl() });
  await allowOrigins(identity, options.allowedOrigins);
  return identity;
}

async function openServices({ options, logger, store, identity, place, metrics, relay, media, books, telephony, sounds }: Surroundings & {
  readonly identity: Identity; readonly relay: RelayPart; readonly media: MediaPart; readonly books: TelephonyBooks; readonly telephony: TelephonyPart; readonly sounds: SoundPart;
}): Promise<Services> {
  const sdkTarball = findSdkTarball(join(repositoryRoot, 'sdk/calling/dist'));
  const hasOwnAuthority = options.certFile === undefined;
  const controller = createSignalingController({
    store, identity, metrics, logger: logger.child({ part: 'signaling' }), relay: relay.service, media: media.control, telephony: telephony.control, telephonyAdministration: books.desk,
    ...(telephony.edge !== undefined && { sipRegistrar: telephony.edge }),
    applications: { delivery: books.webhooks, incomingCalls: books.incomingCalls, calledUsers: books.calledUsers, sounds: sounds.library },
    configuration: {
      serverInfo: {
        name: 'Dialplane', version: readVersion(),
        ...(sdkTarball !== undefined && { sdkTarball: sdkTarball.path }),
        ...(hasOwnAuthority && { certificateAuthority: '/ca.crt' }),
        capabilities: { mediaProcessor: media.processor !== undefined, relay: options.relay, telephony: telephony.edge !== undefined && media.processor !== undefined },
      },
      serverOptions: optionsInForce(options),
      developmentSignIn: options.developmentSignIn,
      publicUrl: () => place.publicUrl(),
      recordRetentionDays: options.recordRetentionDays,
    },
  });
  await controller.restore();
  return {
    identity, controller, metrics, sdkTarball, media, telephony, books, relay: relay.service,
    controlKey: makeControlKey(),
    connectionString: () => connectionString(place.publicUrl(), identity.resources.accessKeys(identity.resources.default.id)[0]),
    createSignInLink: async (holder) => signInUrl(place.publicUrl(), (await identity.createSignInLink(holder)).code),
  };
}

/** One set of routes for both ports. */
async function makeRoutes({ logger, certificates, place, services }: {
  readonly logger: Logger; readonly certificates: Certificates; readonly place: Place; readonly services: Services;
}): Promise<FastifyInstance> {
  const { identity, controller, metrics, relay, media, telephony, books, sdkTarball, controlKey, createSignInLink } = services;
  const app = fastify({ ...fastifyOptions, forceCloseConnections: 'idle' });
  app.setErrorHandler(errorHandler(logger));
  addSecurityHeaders(app, () => certificates.current().kind !== 'development');
  addOperationsRoutes(app, { identity, metrics, publicOrigin: () => place.publicUrl(), notReadyReason: () => notReadyReason(controller) });
  addControlRoutes(app, {
    key: controlKey, tokens: identityTokenDesk(identity), keys: identityKeyDesk(identity, () => place.publicUrl()),
    createSignInLink, connectionString: services.connectionString,
    network: () => relay.networkConfiguration({ identifier: 'operator', reachedBy: undefined }),
    status: () => ({ version: readVersion(), httpsUrl: place.httpsUrl, httpUrl: place.httpUrl, publicUrls: place.publicUrls(), media: mediaSummary(media), telephony: telephonySummary(telephony, books) }),
  });
  if (certificates.development !== undefined) offerAuthority(app, certificates.development);
  if (sdkTarball !== undefined) offerSdk(app, sdkTarball);
  const azureTelephony = { resourceId: () => identity.resources.default.id, sipRouting: books.sipConfiguration, phoneNumbers: books.numbers, incomingCalls: books.incomingCalls, ...(controller.connections !== undefined && { connections: controller.connections }), ...(controller.connectionMedia !== undefined && { callMedia: controller.connectionMedia }) };
  await app.register(azureApi, { identity, metrics, relay, telephony: azureTelephony, logger: logger.child({ part: 'azure-api' }) });
  await app.register(controller.plugin);
  await serveConsole(app, { directory: join(repositoryRoot, 'apps/console/dist'), notFound: notFoundHandler });
  return app;
}

/**
 * Plain HTTP on loopback is fastify's own server; the TLS port hands its decrypted connections in.
 *
 * @returns How to say how long requests in progress get when the ports are closed; no time otherwise.
 */
async function openPorts({ options, app, certificates, place, relay, opened }: {
  readonly options: ServerOptions; readonly app: FastifyInstance; readonly certificates: Certificates; readonly place: Place; readonly relay: RelayPart;
  readonly opened: ClosingList;
}): Promise<{ setPatience(graceMs: number): void }> {
  const tlsPort = createTlsPort({
    certificate: certificates.current(),
    http1: app.server,
    takeRelayStream: (handedOver) => relay.takeStream(handedOver),
    // Fastify routes the requests of Node's HTTP/2 compatibility API as it does those of HTTP/1.1; only its types tell them apart.
    handleHttp2: (request, response) => app.routing(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  });
  const endConnections = (): void => {
    tlsPort.destroyConnections();
    app.server.closeAllConnections();
  };
  let patienceMs = 0;
  opened.add(async () => {
    const deadline = setTimeout(endConnections, patienceMs);
    await Promise.all([tlsPort.close(), app.close()]);
    clearTimeout(deadline);
  });
  const loopback = await listenOnLoopback(app, options.httpPort);
  place.loopbackAddress = loopback.address;
  place.ports.http = loopback.port;
  place.ports.https = await tlsPort.listen(options.httpsPort, options.host);
  await certificates.start(tlsPort);
  return { setPatience: (graceMs) => { patienceMs = graceMs; } };
}

async function allowOrigins(identity: Identity, allowedOrigins: readonly string[]): Promise<void> {
  const resource = identity.resources.default;
  if (resource.allowedOrigins.join() !== allowedOrigins.join()) await identity.resources.setAllowedOrigins(resource.id, allowedOrigins);
}

/** Both loopback addresses where there are two: browsers resolve `localhost` to either. @returns The first that was opened. */
async function listenOnLoopback(app: FastifyInstance, port: number): Promise<AddressInfo> {
  try {
    await app.listen({ port, host: 'localhost' });
  } catch (error) {
    throw portFailure(error, port, 'localhost');
  }
  return app.server.address() as AddressInfo;
}

async function notReadyReason(controller: SignalingController): Promise<string | undefined> {
  const { isDraining, isStoreWritable } = controller.health();
  if (isDraining) return 'The server is shutting down.';
  return isStoreWritable ? undefined : 'The store cannot be written; is the disk full?';
}

/** Where the console takes a one-time code: in the fragment, which no server and no proxy gets to see. */
function signInUrl(publicUrl: string, code: string): string {
  return `${publicUrl}/#/sign-in?code=${encodeURIComponent(code)}`;
}
