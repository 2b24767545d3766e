import { resourceOfUser } from '@dialplane/calling-api';
import type { Identity } from '@dialplane/identity';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AzureError } from './azure-error.ts';
import { bodyBytes, type Caller, callerOf } from './caller.ts';
import { RequestRate, type RequestRateLimit } from './request-rate.ts';
import { parseTokenRequest, type TokenRequest } from './token-request.ts';

interface IdentityPath {
  readonly Params: { readonly id: string };
}

/** An access token as the API answers with it. */
interface AccessTokenAnswer {
  readonly token: string;
  /** ISO 8601. */
  readonly expiresOn: string;
}

const issueLimit: RequestRateLimit = { requests: 1000, windowSeconds: 30 };
const manageLimit: RequestRateLimit = { requests: 500, windowSeconds: 30 };

/** The operations of `CommunicationIdentityClient` (Azure Communication Services, Identity, api-version 2023-10-01). */
export class IdentityOperations {
  readonly #identity: Identity;
  readonly #issueRate: RequestRate;
  readonly #manageRate: RequestRate;

  constructor(identity: Identity, limits: { readonly issue?: RequestRateLimit; readonly manage?: RequestRateLimit }, now: () => number) {
    this.#identity = identity;
    this.#issueRate = new RequestRate(limits.issue ?? issueLimit, now);
    this.#manageRate = new RequestRate(limits.manage ?? manageLimit, now);
  }

  /** Adds the routes. `::` is a literal colon: Azure's verbs begin with one. Identifiers arrive percent-encoded. */
  register(instance: FastifyInstance): void {
    const limited = (rate: RequestRate) => ({ onRequest: async (request: FastifyRequest) => takeTurn(rate, callerOf(request)) });
    const issuing = limited(this.#issueRate);
    const managing = limited(this.#manageRate);
    instance.post('/identities', issuing, async (request, reply) => reply.code(201).send(await this.#createUser(request)));
    instance.post<IdentityPath>('/identities/:id/::issueAccessToken', issuing, (request) => this.#issueAccessToken(request, request.params.id));
    instance.post<IdentityPath>('/identities/:id/::revokeAccessTokens', managing, async (request, reply) => {
      requireOwn(callerOf(request), request.params.id);
      if (!(await this.#identity.revokeTokens(request.params.id))) throw new AzureError('USER_NOT_FOUND', { target: 'id' });
      return reply.code(204).send();
    });
    instance.delete<IdentityPath>('/identities/:id', managing, async (request, reply) => {
      requireOwn(callerOf(request), request.params.id);
      if (!(await this.#identity.deleteUser(request.params.id))) throw new AzureError('USER_NOT_FOUND', { target: 'id' });
      return reply.code(204).send();
    });
    instance.post('/teamsUser/::exchangeAccessToken', managing, async () => {
      throw new AzureError('TEAMS_UNSUPPORTED');
    });
  }

  async #createUser(request: FastifyRequest): Promise<{ readonly identity: { readonly id: string }; readonly accessToken?: AccessTokenAnswer }> {
    const caller = callerOf(request);
    const wanted = parseTokenRequest(bodyBytes(request), 'createTokenWithScopes');
    const id = await this.#identity.createUser({ resourceId: caller.resource.id });
    if (wanted.scopes.length === 0) return { identity: { id } };
    return { identity: { id }, accessToken: await this.#issue(caller, id, wanted, 'createTokenWithScopes') };
  }

  async #issueAccessToken(request: FastifyRequest, id: string): Promise<AccessTokenAnswer> {
    const caller = callerOf(request);
    requireOwn(caller, id);
    return this.#issue(caller, id, parseTokenRequest(bodyBytes(request), 'scopes'), 'scopes');
  }

  async #issue(caller: Caller, identifier: string, wanted: TokenRequest, scopesField: string): Promise<AccessTokenAnswer> {
    const issued = await this.#identity.issueAccessToken({ identifier, ...wanted, accessKeyId: caller.accessKeyId });
    if (issued.ok) return { token: issued.token, expiresOn: issued.expiresOn.toISOString() };
    switch (issued.code) {
      case 'USER_NOT_FOUND':
        throw new AzureError(issued.code, { target: 'id' });
      case 'SCOPES_INVALID':
        throw new AzureError(issued.code, { target: scopesField, detail: 'at least one is needed' });
      case 'LIFETIME_INVALID':
        throw new AzureError(issued.code, { target: 'expiresInMinutes' });
    }
  }
}

/** Identities of other resources do not exist for this caller. */
export function requireOwn(caller: Caller, identifier: string): void {
  if (resourceOfUser(identifier) !== caller.resource.id) throw new AzureError('USER_NOT_FOUND', { target: 'id' });
}

/** Counts a request of the caller; throws `RATE_LIMITED` where it is one too many. */
export function takeTurn(rate: RequestRate, caller: Caller): void {
  const retryAfterSeconds = rate.take(caller.resource.id);
  if (retryAfterSeconds !== undefined) throw new AzureError('RATE_LIMITED', { retryAfterSeconds });
}
