import { randomUUID } from 'node:crypto';
import type { Identity } from '@dialplane/identity';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AzureError } from './azure-error.ts';
import { bodyBytes, callerOf } from './caller.ts';
import { requireOwn, takeTurn } from './identity-operations.ts';
import { parseObject } from './json-body.ts';
import { RequestRate, type RequestRateLimit } from './request-rate.ts';

/** Where credentials of the relay come from. */
export interface RelayConfigurationSource {
  /** @param reachedBy the host by which the caller reached this server, without port. */
  relayConfiguration(owner: { readonly resourceId: string; readonly userId: string }, lifetimeSeconds: number, reachedBy: string | undefined):
    | {
        readonly ok: true;
        readonly configuration: { readonly urls: readonly string[]; readonly username: string; readonly password: string; /** Milliseconds since 1970. */ readonly expiresAt: number };
      }
    | { readonly ok: false; readonly code: 'unavailable' | 'turnedOffForResource' | 'tooManyCredentials' };
}

/** What is asked for; Azure's presets where nothing is said. */
interface RelayConfigurationRequest {
  readonly userId: string | undefined;
  readonly routeType: 'any' | 'nearest';
  readonly lifetimeSeconds: number;
}

interface RelayConfigurationAnswer {
  /** ISO 8601. */
  readonly expiresOn: string;
  readonly iceServers: ReadonlyArray<{ readonly urls: readonly string[]; readonly username: string; readonly credential: string; readonly routeType: 'any' | 'nearest' }>;
}

const relayLimit: RequestRateLimit = { requests: 30_000, windowSeconds: 5 };
/** Also the preset. */
const longestLifetimeSeconds = 172_800;
const retryAfterSeconds = 60;

/**
 * The operation of `CommunicationRelayClient` (Azure Communication Services, Network Traversal, api-version 2022-03-01-preview). There is one relay, so both
 * kinds of route lead to it.
 */
export class NetworkTraversalOperations {
  readonly #identity: Identity;
  readonly #source: RelayConfigurationSource | undefined;
  readonly #rate: RequestRate;

  constructor(identity: Identity, source: RelayConfigurationSource | undefined, limit: RequestRateLimit | undefined, now: () => number) {
    this.#identity = identity;
    this.#source = source;
    this.#rate = new RequestRate(limit ?? relayLimit, now);
  }

  register(instance: FastifyInstance): void {
    const limited = { onRequest: async (request: FastifyRequest) => takeTurn(this.#rate, callerOf(request)) };
    instance.post('/networkTraversal/::issueRelayConfiguration', limited, (request) => this.#issue(request));
  }

  async #issue(request: FastifyRequest): Promise<RelayConfigurationAnswer> {
    const caller = callerOf(request);
    const { userId, routeType, lifetimeSeconds } = parseRequest(bodyBytes(request));
    if (userId !== undefined) {
      requireOwn(caller, userId);
      if (!(await this.#identity.userExists(userId))) throw new AzureError('USER_NOT_FOUND', { target: 'id' });
    }
    if (this.#source === undefined) throw new AzureError('RELAY_UNAVAILABLE');
    // Without a user the credential is somebody's own all the same: limits and the ledger count by user.
    const owner = { resourceId: caller.resource.id, userId: userId ?? `8:acs:${caller.resource.id}_${randomUUID()}` };
    const issued = this.#source.relayConfiguration(owner, lifetimeSeconds, request.hostname);
    if (!issued.ok) throw refusal(issued.code);
    const { urls, username, password, expiresAt } = issued.configuration;
    return { expiresOn: new Date(expiresAt).toISOString(), iceServers: [{ urls, username, credential: password, routeType }] };
  }
}

function refusal(code: 'unavailable' | 'turnedOffForResource' | 'tooManyCredentials'): AzureError {
  switch (code) {
    case 'unavailable':
      return new AzureError('RELAY_UNAVAILABLE');
    case 'turnedOffForResource':
      return new AzureError('RELAY_TURNED_OFF');
    case 'tooManyCredentials':
      return new AzureError('RATE_LIMITED', { detail: 'too many relay credentials have not expired yet', retryAfterSeconds });
  }
}

function parseRequest(body: Uint8Array): RelayConfigurationRequest {
  const { id, routeType, ttl } = parseObject(body);
  if (id !== undefined && id !== null && typeof id !== 'string') throw new AzureError('USER_NOT_FOUND', { target: 'id' });
  if (routeType !== undefined && routeType !== null && routeType !== 'any' && routeType !== 'nearest') throw new AzureError('ROUTE_TYPE_INVALID', { target: 'routeType' });
  return { userId: id ?? undefined, routeType: routeType ?? 'any', lifetimeSeconds: parseTtl(ttl) };
}

function parseTtl(ttl: unknown): number {
  if (ttl === undefined || ttl === null) return longestLifetimeSeconds;
  if (typeof ttl === 'number' && Number.isInteger(ttl) && ttl >= 1 && ttl <= longestLifetimeSeconds) return ttl;
  throw new AzureError('TTL_INVALID', { target: 'ttl', detail: `it is ${JSON.stringify(ttl).slice(0, 40)}` });
}
