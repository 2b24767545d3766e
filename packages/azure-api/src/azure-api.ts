import type { CallConnectionControl, CallMediaControl } from '@dialplane/applications-api';
import { type Identity, StoreError } from '@dialplane/identity';
import { errorCode, type Logger, type Metrics } from '@dialplane/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AccessKeyPolicy, verifyContentHash, verifySignature } from './access-key-authentication.ts';
import { AzureError, azureErrors } from './azure-error.ts';
import { CallMediaOperations } from './call-automation/call-media-operations.ts';
import { registerCallbackKeys } from './call-automation/callback-key-routes.ts';
import { ConnectionOperations } from './call-automation/connection-operations.ts';
import { type DecidedCalls, IncomingCallOperations } from './call-automation/incoming-call-operations.ts';
import { bodyBytes, type Caller, signedRequest } from './caller.ts';
import { nameRequest, requireApiVersion } from './conventions.ts';
import { IdentityOperations } from './identity-operations.ts';
import { NetworkTraversalOperations, type RelayConfigurationSource } from './network-traversal-operations.ts';
import { PhoneNumbersOperations } from './phone-numbers/phone-numbers-operations.ts';
import type { PhoneNumberSource } from './phone-numbers/phone-number-source.ts';
import type { RequestRateLimit } from './request-rate.ts';
import { RoomsOperations } from './rooms/rooms-operations.ts';
import { SipRoutingOperations } from './sip-routing/sip-routing-operations.ts';
import type { OwnedBy } from './telephony-owner.ts';
import type { SipRoutingSource } from './sip-routing/sip-routing-source.ts';

export interface AzureApiOptions {
  readonly identity: Identity;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How far a client's clock may be off, either way; 15 minutes by default. */
  readonly clockWindowMinutes?: number;
  /** Azure's limits by default ("Service limits", Identity): 1000 in 30 s for creating and issuing, 500 for the others and for telephony, 30,000 in 5 s for relay configurations; 500 in 30 s for rooms. */
  readonly rateLimits?: { readonly issue?: RequestRateLimit; readonly manage?: RequestRateLimit; readonly relay?: RequestRateLimit; readonly telephony?: RequestRateLimit; readonly rooms?: RequestRateLimit };
  /** Issues credentials of the relay; without it there is none. */
  readonly relay?: RelayConfigurationSource;
  /** Trunks, routes, numbers and incoming calls; without them there is no telephony. */
  readonly telephony?: AzureTelephony;
  /** Wall clock in milliseconds since 1970; `Date.now` by default. */
  readonly now?: () => number;
}

/** Telephony, and the resource it belongs to. */
export interface AzureTelephony {
  readonly resourceId: () => string;
  readonly sipRouting: SipRoutingSource;
  readonly phoneNumbers: PhoneNumberSource;
  readonly incomingCalls: DecidedCalls;
  /** Applications as parties of calls; without them there are none. */
  readonly connections?: CallConnectionControl;
  /** What they play and hear. */
  readonly callMedia?: CallMediaControl;
}

const defaultClockWindowMinutes = 15;
const bodyLimitBytes = 64 * 1024;

/**
 * The fastify plugin. It keeps its parsers, hooks and error bodies to its own routes, so it can be registered beside others on
 * the same instance. Behind a proxy, the Host header must arrive as the client sent it: it is signed.
 */
export async function azureApi(instance: FastifyInstance, options: AzureApiOptions): Promise<void> {
  const now = options.now ?? Date.now;
  const policy: AccessKeyPolicy = { now, clockWindowMs: (options.clockWindowMinutes ?? defaultClockWindowMinutes) * 60_000 };
  const count = countAnswers(options.metrics);

  instance.decorateRequest('azureCaller', undefined);
  // The body stays bytes until it was held to its signed hash; an empty one with a JSON content type is what clients send.
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyLimitBytes }, (_request, body, done) => done(null, body));
  instance.addHook('onRequest', async (request, reply) => nameRequest(request, reply));
  instance.addHook('onResponse', async (_request, reply) => count(reply.statusCode));
  instance.setErrorHandler((error, request, reply) => answerError(toAzureError(error), request, reply, options.logger));

  await instance.register(async (signed) => {
    signed.addHook('onRequest', async (request) => {
      request.azureCaller = authenticate(request, options.identity, policy);
      requireApiVersion(request);
    });
    signed.addHook('preHandler', async (request) => verifyContentHash(signedRequest(request), bodyBytes(request)));
    new IdentityOperations(options.identity, options.rateLimits ?? {}, now).register(signed);
    new NetworkTraversalOperations(options.identity, options.relay, options.rateLimits?.relay, now).register(signed);
    new RoomsOperations(options.identity.rooms, options.rateLimits?.rooms, now).register(signed);
    await registerTelephony(signed, options, now);
  });

  registerCallbackKeys(instance, options.identity);

  // What Azure's clients call when they are given a Microsoft Entra credential.
  for (const path of ['/access/entra/::exchangeAccessToken', '/access/teamsExtension/::exchangeAccessToken']) {
    instance.post(path, async () => {
      throw new AzureError('ENTRA_UNSUPPORTED');
    });
  }
}

async function registerTelephony(signed: FastifyInstance, { identity, telephony, rateLimits }: AzureApiOptions, now: () => number): Promise<void> {
  const owned = <Source>(source: Source | undefined): OwnedBy<Source> | undefined =>
    telephony === undefined || source === undefined ? undefined : { resourceId: telephony.resourceId, source };
  new SipRoutingOperations(owned(telephony?.sipRouting), rateLimits?.telephony, now).register(signed);
  const connections = owned(telephony?.connections);
  const inCalls = [new ConnectionOperations(connections), new CallMediaOperations(connections, owned(telephony?.callMedia))];
  new IncomingCallOperations(identity, owned(telephony?.incomingCalls), inCalls, rateLimits?.telephony, now).register(signed);
  await new PhoneNumbersOperations(owned(telephony?.phoneNumbers), rateLimits?.telephony, now).register(signed);
}

function authenticate(request: FastifyRequest, identity: Identity, policy: AccessKeyPolicy): Caller {
  const signed = signedRequest(request);
  const resource = identity.resources.forHost(signed.host);
  if (resource === undefined) throw new AzureError('RESOURCE_NOT_FOUND', { target: 'host', ...(signed.host === undefined ? {} : { detail: signed.host }) });
  return { resource, accessKeyId: verifySignature(signed, identity.resources.accessKeys(resource.id), policy) };
}

function toAzureError(error: unknown): AzureError {
  if (error instanceof AzureError) return error;
  if (error instanceof StoreError) return new AzureError('STORE_UNAVAILABLE', { cause: error });
  const code = errorCode(error);
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new AzureError('BODY_TOO_LARGE', { detail: `${bodyLimitBytes} bytes` });
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') return new AzureError('BODY_MALFORMED', { detail: 'its length is not Content-Length' });
  return new AzureError('SERVER_FAULT', { cause: error });
}

function answerError(error: AzureError, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const { azureCode, status } = azureErrors[error.code];
  const requestId = reply.getHeader('x-ms-request-id');
  if (status >= 500 && error.cause !== undefined) logger.error({ err: error.cause, requestId, code: error.code }, 'A request of the Azure API failed.');
  else logger.info({ requestId, code: error.code, method: request.method }, 'A request of the Azure API was refused.');
  void reply.code(status).header('x-ms-error-code', azureCode);
  if (status === 401) void reply.header('www-authenticate', 'HMAC-SHA256');
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
  return reply.send(error.body());
}

function countAnswers(metrics: Metrics): (status: number) => void {
  const counter = metrics.counter({ name: 'azure_api_requests_total', help: 'Requests of Azure server SDKs answered, by status class.', labels: { status: ['2xx', '4xx', '5xx'] } });
  return (status) => counter.increment({ status: status < 400 ? '2xx' : status < 500 ? '4xx' : '5xx' });
}
