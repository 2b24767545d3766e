import type { Identity } from '@dialplane/identity';
import type { FastifyInstance } from 'fastify';

/**
 * By which an application proves that a request to it comes from this server (Azure, "Secure webhook endpoint"): the OpenID configuration and the keys that it names.
 * Anybody may read them.
 */
export function registerCallbackKeys(instance: FastifyInstance, { callbackTokens }: Pick<Identity, 'callbackTokens'>): void {
  const fresh = { 'cache-control': 'public, max-age=300' };
  instance.get('/calling/.well-known/acsopenidconfiguration', async (_request, reply) => {
    const { issuer } = callbackTokens;
    return reply.headers(fresh).send({ issuer, jwks_uri: `${issuer}/calling/keys`, id_token_signing_alg_values_supported: ['RS256'], subject_types_supported: ['public'], response_types_supported: ['id_token'] });
  });
  instance.get('/calling/keys', async (_request, reply) => reply.headers(fresh).send({ keys: callbackTokens.publicKeys() }));
}
