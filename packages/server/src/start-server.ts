import { azureApi } from '@dialplane/azure-api';
import { connectionString, Identity } from '@dialplane/identity';
import { createSignalingController, errorHandler, fastifyOptions, notFoundHandler, type SignalingController } from '@dialplane/signaling-controller';
import type { Store } from '@dialplane/store';
import { createLogger, createMetrics, type Logger } from '@dialplane/telemetry';
import fastify, { type FastifyInstance } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openCertificates, type Certificates } from './certificates/open-certificates.ts';
import { readServerOptions, type ServerOptions } from './command-line/options.ts';
import { makeControlKey, removeControlFile, writeControlFile } from './control/control-file.ts';
import { addControlRoutes } from './control/control-routes.ts';
import { identityTokenDesk } from './control/token-desk.ts';
import { portFailure } from './failures.ts';
import { openData } from './open-data.ts';
import { originOf, publicOrigin, reachableOrigins } from './public-origin.ts';
import { readVersion, repositoryRoot } from './repository.ts';
import { serveConsole } from './web/console-files.ts';
import { findSdkTarball, offerAuthority, offerSdk } from './web/downloads.ts';
import { addOperationsRoutes } from './web/operations-routes.ts';
import { addSecurityHeaders } from './web/security-headers.ts';
import { createTlsPort, type TlsPort } from './web/tls-port.ts';

/** Options of a server in this process: any of the command line's, the presets for the rest. */
export type StartOptions = Partial<ServerOptions> & {
  readonly dataDir: string;
  /** Made from `logLevel` when absent. */
  readonly logger?: Logger;
};

/** A server that is ready. */
export interface RunningServer {
  /** Over TLS, by the name `localhost`. */
  readonly httpsUrl: string;
  /** On loopback, without TLS. */
  readonly httpUrl: string;
  /** Origins by which other computers reach it; the one that tokens carry first. */
  readonly publicUrls: readonly string[];
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
  const opened: (() => Promise<unknown> | void)[] = [];
  try {
    const store = await openData(options.dataDir, logger);
    opened.push(() => store.close());
    const certificates = await openCertificates(options, logger.child({ part: 'tls' }));
    opened.push(() => certificates.close());
    return await compose({ options, logger, store, certificates, opened });
  } catch (error) {
    for (const close of opened.toReversed()) await close();
    throw error;
  }
}

interface Foundation {
  readonly options: ServerOptions;
  readonly logger: Logger;
  readonly store: Store;
  readonly certificates: Certificates;
  /** How to close what was opened, oldest first. */
  readonly opened: (() => Promise<unknown> | void)[];
}

async function compose({ options, logger, store, certificates, opened }: Foundation): Promise<RunningServer> {
  const version = readVersion();
  const metrics = createMetrics({ includeProcess: true });
  let httpsPort = options.httpsPort;
  let httpPort = options.httpPort;
  const controlKey = makeControlKey();
  const origin = (): string => publicOrigin(options, certificates.current(), httpsPort);

  const identity = await Identity.open({ store, logger: logger.child({ part: 'identity' }), metrics, endpoint: origin });
  await allowOrigins(identity, options.allowedOrigins);
  const createSignInLink = async (): Promise<string> => signInUrl(origin(), (await identity.createSignInLink({ operator: true })).code);

  const sdkTarball = findSdkTarball(join(repositoryRoot, 'sdk/calling/dist'));
  const controller = createSignalingController({
    store, identity, metrics, logger: logger.child({ part: 'signaling' }),
    configuration: {
      serverInfo: {
        name: 'Dialplane', version,
        ...(sdkTarball === undefined ? {} : { sdkTarball: sdkTarball.path }),
        ...(certificates.development === undefined ? {} : { certificateAuthority: '/ca.crt' }),
        capabilities: { mediaProcessor: false, relay: false, telephony: false },
      },
      developmentSignIn: options.developmentSignIn,
      publicUrl: origin,
      recordRetentionDays: options.recordRetentionDays,
    },
  });
  opened.push(() => controller.close());
  await controller.restore();

  // One set of routes for both ports: plain HTTP on loopback is fastify's own server, TLS hands its connections in.
  const app = fastify({ ...fastifyOptions, forceCloseConnections: 'idle' });
  opened.push(() => app.close());
  app.setErrorHandler(errorHandler(logger));
  addSecurityHeaders(app, () => certificates.current().kind !== 'development');
  addOperationsRoutes(app, { identity, metrics, publicOrigin: origin, notReadyReason: async () => notReadyReason(controller) });
  addControlRoutes(app, {
    key: controlKey,
    tokens: identityTokenDesk(identity),
    createSignInLink,
    connectionString: () => connectionString(origin(), identity.resources.accessKeys(identity.resources.default.id)[0]),
    status: () => ({
      version, httpsUrl: originOf('https', 'localhost', httpsPort), httpUrl: originOf('http', 'localhost', httpPort), publicUrls: reachableOrigins(options, certificates.current(), httpsPort), time: Date.now(),
      certificate: { kind: certificates.current().kind, names: certificates.current().leaf.subjectAltName ?? '', validTo: certificates.current().leaf.validTo },
    }),
  });
  if (certificates.development !== undefined) offerAuthority(app, certificates.development);
  if (sdkTarball !== undefined) offerSdk(app, sdkTarball);
  await app.register(azureApi, { identity, metrics, logger: logger.child({ part: 'azure-api' }) });
  await app.register(controller.plugin);
  await serveConsole(app, { directory: join(repositoryRoot, 'apps/console/dist'), notFound: notFoundHandler });

  const loopback = await listenOnLoopback(app, options.httpPort);
  httpPort = loopback.port;
  const tlsPort = createTlsPort({
    certificate: certificates.current(),
    http1: app.server,
    // Fastify routes the requests of Node's HTTP/2 compatibility API as it does those of HTTP/1.1; only its types tell them apart.
    handleHttp2: (request, response) => app.routing(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  });
  opened.push(() => tlsPort.destroyConnections(), () => tlsPort.close());
  httpsPort = await tlsPort.listen(options.httpsPort, options.host);
  await certificates.start(tlsPort);
  await writeControlFile(options.dataDir, { url: originOf('http', loopback.address, httpPort), key: controlKey, processId: process.pid });
  logger.info({ version, httpsPort, httpPort, certificate: certificates.current().kind }, 'The server is ready.');

  let closing: Promise<void> | undefined;
  return {
    httpsUrl: originOf('https', 'localhost', httpsPort),
    httpUrl: originOf('http', 'localhost', httpPort),
    publicUrls: reachableOrigins(options, certificates.current(), httpsPort),
    connectionString: connectionString(origin(), identity.resources.accessKeys(identity.resources.default.id)[0]),
    certificateAuthorityFile: certificates.development?.authority.path,
    createSignInLink,
    reloadCertificates: () => certificates.reload(),
    close: (graceMs = 3000) => {
      closing ??= closeServer({ options, app, tlsPort, controller, certificates, store, logger }, graceMs);
      return closing;
    },
  };
}

interface Parts {
  readonly options: ServerOptions;
  readonly app: FastifyInstance;
  readonly tlsPort: TlsPort;
  readonly controller: SignalingController;
  readonly certificates: Certificates;
  readonly store: Store;
  readonly logger: Logger;
}

/** In this order, so that nobody is refused before being told, and nothing is written after the store is closed. */
async function closeServer({ options, app, tlsPort, controller, certificates, store, logger }: Parts, graceMs: number): Promise<void> {
  await removeControlFile(options.dataDir);
  certificates.close();
  await controller.drain();
  const deadline = setTimeout(() => {
    logger.warn({ graceMs }, 'Connections that did not end in time are ended.');
    tlsPort.destroyConnections();
    app.server.closeAllConnections();
  }, graceMs);
  await Promise.all([tlsPort.close(), app.close()]);
  clearTimeout(deadline);
  await controller.close();
  await store.close();
  logger.info('The server has ended.');
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

function notReadyReason(controller: SignalingController): string | undefined {
  const { isDraining, isStoreWritable } = controller.health();
  if (isDraining) return 'The server is shutting down.';
  return isStoreWritable ? undefined : 'The store cannot be written; is the disk full?';
}

/** Where the console takes a one-time code: in the fragment, which no server and no proxy gets to see. */
function signInUrl(publicUrl: string, code: string): string {
  return `${publicUrl}/#/sign-in?code=${encodeURIComponent(code)}`;
}
