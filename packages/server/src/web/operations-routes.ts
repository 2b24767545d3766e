import type { Identity } from '@dialplane/identity';
import type { Metrics } from '@dialplane/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isLocal } from './local-request.ts';

export interface OperationsRoutesOptions {
  readonly identity: Identity;
  readonly metrics: Metrics;
  /** Why the server should get no new clients, in words; `undefined` while it should. */
  readonly notReadyReason: () => Promise<string | undefined>;
  /** The origin that tokens name as issuer. */
  readonly publicOrigin: () => string;
}

/**
 * What other programs ask a server: `/healthz` (the process works), `/readyz` (send it clients), `/metrics` (Prometheus; from this
 * machine or with an operator's token), and the keys that its tokens are signed with (RFC 7517, OpenID Connect Discovery 1.0).
 */
export function addOperationsRoutes(app: FastifyInstance, { identity, metrics, notReadyReason, publicOrigin }: OperationsRoutesOptions): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const reason = await notReadyReason();
    return reason === undefined ? { status: 'ready' } : reply.code(503).send({ status: 'notReady', reason });
  });
  app.get('/metrics', async (request, reply) => {
    if (!isLocal(request) && !(await isOperator(identity, request))) {
      return reply.code(403).send({ error: { code: 'ROLE_MISSING', message: 'Metrics are for this machine, or for operators with their token.' } });
    }
    const { contentType, body } = await metrics.render();
    return reply.type(contentType).send(body);
  });
  app.get('/.well-known/jwks.json', async (_request, reply) => reply.header('access-control-allow-origin', '*').header('cache-control', 'public, max-age=300').send(identity.jwks()));
  app.get('/.well-known/openid-configuration', async (_request, reply) => reply.header('access-control-allow-origin', '*').send(identity.openidConfiguration(publicOrigin())));
}

async function isOperator(identity: Identity, request: FastifyRequest): Promise<boolean> {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return token !== undefined && (await identity.verifyOperatorToken(token)).ok;
}
