import { azureApi, type AzureTelephony } from '@dialplane/azure-api';
import { errorHandler, fastifyOptions, notFoundHandler, type SignalingController } from '@dialplane/signaling-controller';
import fastify, { type FastifyInstance } from 'fastify';
import { join } from 'node:path';
import { addControlRoutes } from '../control/control-routes.ts';
import { identityKeyDesk } from '../control/key-desk.ts';
import { identityTokenDesk } from '../control/token-desk.ts';
import { mediaSummary } from '../media/media-summary.ts';
import { readVersion, repositoryRoot } from '../repository.ts';
import { telephonySummary } from '../telephony/telephony-summary.ts';
import { serveConsole } from '../web/console-files.ts';
import { offerAuthority, offerSdk } from '../web/downloads.ts';
import { addOperationsRoutes } from '../web/operations-routes.ts';
import { addSecurityHeaders } from '../web/security-headers.ts';
import type { ControllerPart } from './open-controller.ts';
import type { OperatorAccess } from './operator-access.ts';
import type { ServerParts } from './server-parts.ts';

/** One set of routes for both ports: the APIs, the console, downloads, and what operators and their tools ask. */
export async function makeRoutes(parts: ServerParts, { controller, sdkTarball }: ControllerPart, access: OperatorAccess): Promise<FastifyInstance> {
  const { logger, metrics, certificates, place, identity, relay } = parts;
  const app = fastify({ ...fastifyOptions, forceCloseConnections: 'idle' });
  app.setErrorHandler(errorHandler(logger));
  addSecurityHeaders(app, () => certificates.current().kind !== 'development');
  addOperationsRoutes(app, { identity, metrics, publicOrigin: () => place.publicUrl(), notReadyReason: () => notReadyReason(controller) });
  addRoutesOfCommandLine(app, parts, access);
  if (certificates.development !== undefined) offerAuthority(app, certificates.development);
  if (sdkTarball !== undefined) offerSdk(app, sdkTarball);
  await app.register(azureApi, { identity, metrics, relay: relay.service, telephony: azureTelephony(parts, controller), logger: logger.child({ part: 'azure-api' }) });
  await app.register(controller.plugin);
  await serveConsole(app, { directory: join(repositoryRoot, 'apps/console/dist'), notFound: notFoundHandler });
  return app;
}

function addRoutesOfCommandLine(app: FastifyInstance, { place, identity, relay, media, telephony, books }: ServerParts, { controlKey, connectionString, createSignInLink }: OperatorAccess): void {
  addControlRoutes(app, {
    key: controlKey, tokens: identityTokenDesk(identity), keys: identityKeyDesk(identity, () => place.publicUrl()), createSignInLink, connectionString,
    network: () => relay.service.networkConfiguration({ identifier: 'operator', reachedBy: undefined }),
    status: () => ({ version: readVersion(), httpsUrl: place.httpsUrl, httpUrl: place.httpUrl, publicUrls: place.publicUrls(), media: mediaSummary(media), telephony: telephonySummary(telephony, books) }),
  });
}

function azureTelephony({ identity, books }: ServerParts, { connections, connectionMedia }: SignalingController): AzureTelephony {
  return {
    resourceId: () => identity.resources.default.id, sipRouting: books.sipConfiguration, phoneNumbers: books.numbers, incomingCalls: books.incomingCalls,
    ...(connections !== undefined && { connections }), ...(connectionMedia !== undefined && { callMedia: connectionMedia }),
  };
}

async function notReadyReason(controller: SignalingController): Promise<string | undefined> {
  const { isDraining, isStoreWritable } = controller.health();
  if (isDraining) return 'The server is shutting down.';
  return isStoreWritable ? undefined : 'The store cannot be written; is the disk full?';
}
