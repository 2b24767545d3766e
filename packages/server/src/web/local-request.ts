import { isLoopbackAddress } from '@dialplane/signaling-controller';
import type { FastifyRequest } from 'fastify';

/**
 * Whether a request comes from a program on this machine: over loopback, and not on behalf of somebody else (a reverse proxy
 * here says so in a header). A page in a browser of this machine counts as local only on routes that it cannot read across
 * origins; none of those that ask this answers to other origins.
 */
export function isLocal(request: FastifyRequest): boolean {
  return isLoopbackAddress(request.raw.socket.remoteAddress) && request.headers.forwarded === undefined && request.headers['x-forwarded-for'] === undefined;
}
