import type { FastifyRequest } from 'fastify';

/**
 * Whether a request comes from a program on this machine: over loopback, and not on behalf of somebody else (a reverse proxy
 * here says so in a header). A page in a browser of this machine counts as local only on routes that it cannot read across
 * origins; none of those that ask this answers to other origins.
 */
export function isLocal(request: FastifyRequest): boolean {
  const address = request.raw.socket.remoteAddress ?? '';
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  const isLoopback = plain === '::1' || plain.startsWith('127.');
  return isLoopback && request.headers.forwarded === undefined && request.headers['x-forwarded-for'] === undefined;
}
