import type { Resource } from '@dialplane/identity';
import type { FastifyRequest } from 'fastify';
import type { SignedRequest } from './access-key-authentication.ts';

/** Who sent a request, once its signature was checked. */
export interface Caller {
  readonly resource: Resource;
  readonly accessKeyId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    azureCaller: Caller | undefined;
  }
}

/** The caller of a request behind the signature check. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.azureCaller === undefined) throw new Error('invariant: the request was authenticated');
  return request.azureCaller;
}

/** The body as it arrived; empty where there was none. */
export function bodyBytes(request: FastifyRequest): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array();
}

/** The request as its signature covers it; HTTP/2 has the host in `:authority`. */
export function signedRequest(request: FastifyRequest): SignedRequest {
  const authority = request.headers[':authority'];
  const host = request.headers.host ?? (typeof authority === 'string' ? authority : undefined);
  return { method: request.method, target: request.originalUrl, host, headers: request.headers };
}
