import { hash, randomUUID } from 'node:crypto';
import { operations, type Call, type Operation, type OperationId } from '@dialplane/calling-api';
import type { Identity } from '@dialplane/identity';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Clock } from '../clock.ts';
import { ApiError } from './api-error.ts';
import { authenticate, type Caller } from './authentication.ts';
import { answerOrigin, answerPreflight, type AllowedOrigins } from './cross-origin.ts';
import { acceptsCsv, csvTable, nextPageLink } from './csv-table.ts';
import { largeBodyLimit } from './fastify-options.ts';
import { openApiDocument } from './open-api.ts';
import type { OperationHandlers, OperationRequest } from './operation-handler.ts';
import { addressKey, RateLimiter, type RateLimit } from './rate-limiter.ts';
import { Repeatability, requestDigest, type Answer } from './repeatability.ts';
import { requestValidator } from './request-validation.ts';
import { routePath } from './route-path.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request is authenticated. */
    caller: Caller | undefined;
    /** Hash of the body as it was sent. */
    bodyDigest: string;
    /** The call in the answer, where the request brought it into being. */
    answeredCallId: string | undefined;
  }
}

export interface RequestLimits {
  /** Requests of one user, from all its endpoints. */
  readonly perUser: RateLimit;
  /** Requests of one address that carry no valid token. */
  readonly perAddress: RateLimit;
}

export interface OperationRoutesOptions {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly version: string;
  readonly limits: RequestLimits;
  readonly allowedOrigins: () => AllowedOrigins;
  readonly handlers: OperationHandlers;
  /** Answers `receiveEvents`: streams, or holds a poll. */
  readonly receiveEvents: (request: OperationRequest<'receiveEvents'>, reply: FastifyReply) => Promise<unknown>;
  /** Told of every answered request, for metrics and the call flow record. */
  readonly onAnswered: (operationId: OperationId, request: FastifyRequest, reply: FastifyReply) => void;
}

/** Operations with bodies that hold a session description, many targets or a batch of observations. */
const withLargeBodies: ReadonlySet<string> = new Set(['startCall', 'acceptCall', 'sendDescription', 'sendCandidates', 'reportTelemetry', 'lowerHands', 'sendMessage', 'wantStreams'] satisfies OperationId[]);
const smallBodyLimit = 16 * 1024;

/** Registers a route for every operation of the calling API on an instance, its OpenAPI document, and preflight requests. */
export function registerOperations(instance: FastifyInstance, options: OperationRoutesOptions, gate = new RequestGate(options)): void {
  instance.decorateRequest('caller', undefined);
  instance.decorateRequest('bodyDigest', '');
  instance.decorateRequest('answeredCallId', undefined);
  instance.removeAllContentTypeParsers();
  const parseJson = instance.getDefaultJsonParser('error', 'error');
  instance.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    if (text === '') done(null, undefined);
    else {
      request.bodyDigest = hash('sha256', text);
      parseJson(request, text, (error, value) => (error === null ? done(null, value) : done(malformed(error))));
    }
  });
  instance.addHook('onRequest', async (request, reply) => {
    reply.header('x-ms-request-id', request.id).header('cache-control', 'no-store');
    answerOrigin(options.allowedOrigins(), request, reply);
  });
  for (const [operationId, operation] of Object.entries(operations) as Array<[OperationId, Operation]>) {
    instance.route(operationRoute(operationId, operation, options, gate));
  }
  const document = JSON.stringify(openApiDocument(options.version));
  instance.get('/openapi.json', (_request, reply) => reply.type('application/json').send(document));
  for (const path of ['/v1/*', '/openapi.json']) instance.options(path, answerPreflight);
}

function malformed(error: Error): ApiError {
  return new ApiError('REQUEST_MALFORMED', { message: `The request body is not valid JSON: ${error.message.slice(0, 200)}.` });
}

/** What every instance of the routes shares: who sent how much, and what was answered. */
export class RequestGate {
  readonly repeatability: Repeatability;
  private readonly identity: Identity;
  private readonly users: RateLimiter;
  private readonly addresses: RateLimiter;

  constructor({ identity, clock, limits }: Pick<OperationRoutesOptions, 'identity' | 'clock' | 'limits'>) {
    this.identity = identity;
    this.repeatability = new Repeatability(clock);
    this.users = new RateLimiter(limits.perUser, clock);
    this.addresses = new RateLimiter(limits.perAddress, clock);
  }

  /** Lets a request in, or throws why not. Requests without a valid token count for their address. */
  async admit(access: Operation['access'], request: FastifyRequest): Promise<Caller> {
    try {
      const caller = await authenticate(this.identity, access, request.headers.authorization);
      if (caller.kind === 'public') spend(this.addresses, addressKey(request.ip));
      else spend(this.users, caller.kind === 'user' ? caller.identifier : `operator ${caller.operatorId}`);
      return caller;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) spend(this.addresses, addressKey(request.ip));
      throw error;
    }
  }
}

function spend(limiter: RateLimiter, key: string): void {
  const retryAfterSeconds = limiter.take(key);
  if (retryAfterSeconds > 0) throw new ApiError('REQUEST_RATE_LIMITED', { retryAfterSeconds });
}

function operationRoute(operationId: OperationId, operation: Operation, options: OperationRoutesOptions, gate: RequestGate): RouteOptions {
  const check = {
    params: validator('params', operation),
    query: validator('query', operation),
    body: validator('body', operation),
  };
  return {
    method: operation.method,
    url: routePath(operation.path),
    bodyLimit: withLargeBodies.has(operationId) ? largeBodyLimit : smallBodyLimit,
    exposeHeadRoute: false,
    // Before the body is read: strangers do not get to send one.
    onRequest: async (request) => {
      request.caller = await gate.admit(operation.access, request);
    },
    onResponse: async (request, reply) => options.onAnswered(operationId, request, reply),
    handler: async (request, reply) => {
      const caller = request.caller ?? { kind: 'public' };
      const requestId = repeatabilityId(request);
      const operationRequest = {
        caller,
        params: check.params(request.params),
        query: check.query(request.query),
        body: check.body(request.body ?? undefined),
        requestId: requestId ?? randomUUID(),
        http: request,
      };
      if (operationId === 'receiveEvents') return options.receiveEvents(operationRequest as OperationRequest<'receiveEvents'>, reply);
      // The table gives each handler the request that its own schemas admit.
      const handle = options.handlers[operationId] as (request: unknown) => unknown;
      const command = async (): Promise<Answer> => {
        const body = await handle(operationRequest);
        if (operationId === 'startCall' || operationId === 'joinCall') request.answeredCallId = (body as Call).callId;
        return body === undefined ? { status: operation.status } : { status: operation.status, text: JSON.stringify(body) };
      };
      const isRepeatable = requestId !== undefined && operation.method !== 'GET';
      if (operation.isTable === true && acceptsCsv(request.headers.accept)) return answerTable(operation, await handle(operationRequest), request, reply);
      if (operation.contentType !== undefined) return reply.code(operation.status).type(operation.contentType).send(await handle(operationRequest));
      const answer = isRepeatable ? await gate.repeatability.perform(`${keyOf(caller, request)} ${requestId}`, requestDigest(request), command) : await command();
      if (isRepeatable) reply.header('repeatability-result', 'accepted');
      reply.code(answer.status);
      return answer.text === undefined ? reply.send() : reply.type('application/json; charset=utf-8').send(answer.text);
    },
  };
}

/** A list as a table, for spreadsheets and accounting. */
function answerTable({ response }: Operation, body: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (response === undefined) throw new ApiError('SERVER_FAULT');
  const list = body as Parameters<typeof csvTable>[1] & { readonly nextCursor?: string };
  if (list.nextCursor !== undefined) reply.header('link', nextPageLink(request.url, list.nextCursor));
  return reply.type('text/csv; charset=utf-8; header=present').send(csvTable(response, list));
}

function validator(part: 'params' | 'query' | 'body', operation: Operation): (value: unknown) => unknown {
  const schema = operation[part];
  return schema === undefined ? () => undefined : requestValidator(part, schema);
}

function keyOf(caller: Caller, request: FastifyRequest): string {
  switch (caller.kind) {
    case 'user':
      return caller.identifier;
    case 'operator':
      return `operator ${caller.operatorId}`;
    case 'public':
      return `public ${request.ip}`;
  }
}

function repeatabilityId(request: FastifyRequest): string | undefined {
  const given = request.headers['repeatability-request-id'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && /^[\x21-\x7e]{8,64}$/.test(given)) return given;
  throw new ApiError('REQUEST_INVALID', { message: 'Repeatability-Request-ID must be a UUID.', target: 'Repeatability-Request-ID' });
}
