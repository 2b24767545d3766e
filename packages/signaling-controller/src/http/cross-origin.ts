import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from './api-error.ts';

/** Web origins whose pages may use this resource (`https://app.example`), or `*` for every one. */
export type AllowedOrigins = readonly string[];

const allowedHeaders = 'authorization, content-type, last-event-id, repeatability-request-id, repeatability-first-sent, x-ms-client-request-id';
const exposedHeaders = 'link, repeatability-result, retry-after, x-ms-request-id, x-ms-error-code';
const preflightSeconds = 7200;

/**
 * Adds what the CORS protocol (Fetch standard §3.3) needs to an answer; throws `ORIGIN_REFUSED` for a page of an origin that
 * the resource does not allow. Credentials in this API are a header that scripts must set, never cookies, so `*` is safe.
 */
export function answerOrigin(allowed: AllowedOrigins, request: FastifyRequest, reply: FastifyReply): void {
  const { origin } = request.headers;
  if (origin === undefined) return;
  const isAny = allowed.includes('*');
  const isSame = origin === `${request.protocol}://${request.host}`;
  if (!isAny && !isSame && !allowed.includes(origin)) {
    reply.header('vary', 'origin');
    throw new ApiError('ORIGIN_REFUSED', { message: `This resource does not allow requests from ${origin.slice(0, 128)}; add it to the allowed origins.` });
  }
  reply.header('access-control-allow-origin', isAny ? '*' : origin).header('access-control-expose-headers', exposedHeaders);
  if (!isAny) reply.header('vary', 'origin');
}

/** Answers a preflight request; {@link answerOrigin} has run. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
  reply
    .code(204)
    .header('access-control-allow-methods', 'GET, POST, PUT, PATCH, DELETE')
    .header('access-control-allow-headers', allowedHeaders)
    .header('access-control-max-age', String(preflightSeconds));
  // A page on the public network that calls a server on a private one (Private Network Access).
  if (request.headers['access-control-request-private-network'] === 'true') reply.header('access-control-allow-private-network', 'true');
  void reply.send();
}

/** Whether an address is of the loopback interface (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3). */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  return plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain);
}

/**
 * Whether a request comes from a person at this machine: its socket is a loopback one, nobody says that it was forwarded, and
 * if a web page sent it, that page is of this machine too. The last is what keeps a page on the internet from signing in
 * through the browser of a developer. Headers can only take this trust away, never give it.
 */
export function isFromThisMachine(request: FastifyRequest): boolean {
  if (!isLoopbackAddress(request.raw.socket.remoteAddress)) return false;
  const { origin, forwarded } = request.headers;
  if (forwarded !== undefined || request.headers['x-forwarded-for'] !== undefined) return false;
  if (origin === undefined) return true;
  const host = URL.canParse(origin) ? new URL(origin).hostname : '';
  return host === 'localhost' || host.endsWith('.localhost') || isLoopbackAddress(host.replace(/^\[|\]$/g, ''));
}
