import { createLogger, type Logger } from '@dialplane/telemetry';
import { ClosingList } from './closing-list.ts';
import { readServerOptions, type ServerOptions } from './command-line/options.ts';
import { makeRoutes } from './composition/make-routes.ts';
import { openController } from './composition/open-controller.ts';
import { openPorts } from './composition/open-ports.ts';
import { openOperatorAccess, type OperatorAccess } from './composition/operator-access.ts';
import { openParts, type ServerParts } from './composition/server-parts.ts';
import { removeControlFile, writeControlFile } from './control/control-file.ts';
import { readVersion } from './repository.ts';

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
    const parts = await openParts({ options, logger, laboratoryPeers: start.laboratoryPeers ?? [], demoCarrier: start.demoCarrier }, opened);
    const { place, certificates, relay, media, telephony } = parts;
    const controllerPart = await openController(parts);
    const { controller } = controllerPart;
    opened.add(() => controller.close());
    await relay.start(controller);
    await telephony.start(controller);
    const access = openOperatorAccess(parts);
    const ports = await openPorts(parts, await makeRoutes(parts, controllerPart, access), opened);
    await writeControlFile(options.dataDir, { url: place.controlUrl, key: access.controlKey, processId: process.pid });
    opened.add(() => removeControlFile(options.dataDir));
    opened.add(() => controller.drain());
    opened.add(async () => relay.drain());
    opened.add(async () => media.processor?.drain());
    opened.add(async () => telephony.drain());

    logger.info({ ...place.ports, version: readVersion(), certificate: certificates.current().kind }, 'The server is ready.');
    return describeServer(parts, access, (graceMs = 3000) => {
      ports.setPatience(graceMs);
      return opened.close();
    });
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function describeServer({ place, certificates, relay, media, telephony }: ServerParts, access: OperatorAccess, close: RunningServer['close']): RunningServer {
  return {
    httpsUrl: place.httpsUrl,
    httpUrl: place.httpUrl,
    publicUrls: place.publicUrls(),
    relayPorts: relay.plane?.ports ?? [],
    mediaPorts: [...new Set(media.addresses().map(({ port }) => port))],
    sipPort: telephony.edge?.status().port,
    connectionString: access.connectionString(),
    certificateAuthorityFile: certificates.development?.authority.path,
    createSignInLink: () => access.createSignInLink({ operator: true }),
    reloadCertificates: () => certificates.reload(),
    close,
  };
}
