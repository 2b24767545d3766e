import { randomUUID } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@dialplane/telemetry';
import { ApiError, asApiError } from './api-error.ts';
import { maxParameterLength } from './route-path.ts';

/** Bodies of operations that carry a session description, as JSON, or many targets; every other operation takes less. */
export const largeBodyLimit = 512 * 1024;

/**
 * Options of the fastify instances that the controller's plugin is registered on, to be spread into those of the server
 * (which adds TLS, HTTP/2 and its logger).
 */
export const fastifyOptions = {
  bodyLimit: largeBodyLimit,
  routerOptions: { maxParamLength: maxParameterLength, ignoreTrailingSlash: false },
  /** Longer than proxies and browsers keep idle connections, so that they close first and no request meets a closing one. */
  keepAliveTimeout: 72_000,
  /** For the whole request to arrive: a client that dribbles it does not hold its socket for long. Streams of answers have no limit. */
  requestTimeout: 30_000,
  forceCloseConnections: true,
  /** The client's own id when it is printable and short (Azure: `x-ms-client-request-id`), else a new one. */
  genReqId: (request: { readonly headers: Readonly<Record<string, string | string[] | undefined>> }): string => {
    const given = request.headers['x-ms-client-request-id'];
    return typeof given === 'string' && /^[\x21-\x7e]{1,64}$/.test(given) ? given : randomUUID();
  },
} as const;

/**
 * The error handler of those instances: every error leaves as the calling API's `ErrorResponse`, and what is a fault of ours
 * is logged under the request id that the sentence points to.
 */
export function errorHandler(logger: Logger): (thrown: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (thrown, request, reply) => {
    const error = asApiError(thrown);
    if (error.status >= 500) logger.error({ err: error.cause ?? error, requestId: request.id, method: request.method, route: request.routeOptions.url }, error.message);
    if (error.retryAfterSeconds !== undefined) reply.header('retry-after', String(error.retryAfterSeconds));
    if (error.status === 401) reply.header('www-authenticate', 'Bearer');
    void reply.code(error.status).header('x-ms-request-id', request.id).header('x-ms-error-code', error.code).send(error.body);
  };
}

/** The not-found handler of those instances. */
export function notFoundHandler(request: FastifyRequest): never {
  throw new ApiError('ROUTE_NOT_FOUND', { message: `There is no operation ${request.method} ${request.url.split('?')[0]?.slice(0, 256) ?? ''}.` });
}
