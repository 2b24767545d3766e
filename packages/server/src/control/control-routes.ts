import type { NetworkConfiguration } from '@dialplane/calling-api';
import { hash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MediaSummary } from '../media/media-summary.ts';
import type { TelephonySummary } from '../telephony/telephony-summary.ts';
import { isLocal } from '../web/local-request.ts';
import type { Desks } from './control-client.ts';
import { keyNames, type KeyName } from './key-names.ts';

/** What `GET /control/status` answers. */
export interface ServerStatus {
  readonly version: string;
  readonly httpsUrl: string;
  readonly httpUrl: string;
  /** Origins for other computers; the one that tokens carry first. */
  readonly publicUrls: readonly string[];
  readonly media: MediaSummary;
  readonly telephony: TelephonySummary;
}

export interface ControlRoutesOptions extends Desks {
  readonly key: string;
  readonly status: () => ServerStatus;
  readonly createSignInLink: (holder: { readonly operator: boolean }) => Promise<string>;
  readonly connectionString: () => string;
  /** What the network is tested with, relay credentials included. */
  readonly network: () => NetworkConfiguration;
}

const createSignInLinkBody = { type: 'object', additionalProperties: false, required: ['operator'], properties: { operator: { type: 'boolean' } } } as const;
const createTokenBody = {
  type: 'object', additionalProperties: false, required: ['user', 'scopes', 'minutes'],
  properties: { user: { type: 'string', maxLength: 256 }, scopes: { type: 'array', maxItems: 8, items: { type: 'string', maxLength: 32 } }, minutes: { type: 'integer' } },
} as const;
const revokeTokensBody = { type: 'object', additionalProperties: false, required: ['user'], properties: { user: { type: 'string', maxLength: 256 } } } as const;
const rotateKeyBody = { type: 'object', additionalProperties: false, required: ['name'], properties: { name: { enum: keyNames } } } as const;

/** The routes behind `./dialplane link`, `token`, `keys` and `doctor`: for programs on this machine that hold the key of the control file. */
export function addControlRoutes(app: FastifyInstance, { key, status, tokens, keys, createSignInLink, connectionString, network }: ControlRoutesOptions): void {
  void app.register(async (routes) => {
    routes.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
      if (!isLocal(request) || !holdsKey(request, key)) {
        return reply.code(401).send({ error: { code: 'TOKEN_INVALID', message: 'This is for commands on the machine of the server.' } });
      }
      return undefined;
    });
    routes.get('/status', async () => status());
    routes.get('/network', async () => network());
    routes.get('/connection-string', async () => ({ connectionString: connectionString() }));
    routes.post<{ Body: { operator: boolean } }>('/sign-in-links', { schema: { body: createSignInLinkBody } }, async ({ body }) => ({ url: await createSignInLink(body) }));
    routes.post<{ Body: { user: string; scopes: string[]; minutes: number } }>('/tokens', { schema: { body: createTokenBody } }, async ({ body }) => tokens.create(body));
    routes.post<{ Body: { user: string } }>('/tokens/revoke', { schema: { body: revokeTokensBody } }, async ({ body }) => tokens.revoke(body.user));
    routes.post<{ Body: { name: KeyName } }>('/keys/rotate', { schema: { body: rotateKeyBody } }, async ({ body }) => keys.rotate(body.name));
  }, { prefix: '/control' });
}

function holdsKey(request: FastifyRequest, key: string): boolean {
  const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  return given !== undefined && timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', key, 'buffer'));
}
