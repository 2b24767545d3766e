import type { AccessTokenClaims } from '@dialplane/calling-api';
import { clientError } from '../communication-services-error.ts';

/** What the library reads of its own access token. Only the server may trust these claims. */
export interface AccessTokenView {
  readonly rawId: string;
  readonly scopes: readonly string[];
  /** Origin of the server that issued the token. */
  readonly endpoint: string | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Reads a token's payload (RFC 7519 §3) without verifying it. Throws `TOKEN_MALFORMED`. */
export function readAccessToken(token: string): AccessTokenView {
  const claims = decodePayload(token);
  if (typeof claims.skypeid !== 'string' || typeof claims.exp !== 'number') throw clientError('TOKEN_MALFORMED');
  return {
    rawId: claims.skypeid.startsWith('8:') ? claims.skypeid : `8:${claims.skypeid}`,
    scopes: typeof claims.acsScope === 'string' ? claims.acsScope.split(',') : [],
    endpoint: typeof claims.endpoint === 'string' && claims.endpoint !== '' ? claims.endpoint : undefined,
    expiresAt: claims.exp * 1000,
  };
}

/**
 * The base URL for requests, without a trailing slash. Throws `ENDPOINT_UNKNOWN` for what is no URL and `ENDPOINT_INSECURE`
 * for plain HTTP to another machine, which would show the access token to the network.
 */
export function parseEndpoint(endpoint: string): string {
  if (!URL.canParse(endpoint)) throw clientError('ENDPOINT_UNKNOWN', { message: `The server's endpoint "${endpoint}" is not a URL.` });
  const url = new URL(endpoint);
  const isLoopback = url.hostname === 'localhost' || url.hostname.endsWith('.localhost') || url.hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) throw clientError('ENDPOINT_INSECURE');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function decodePayload(token: string): Partial<Record<keyof AccessTokenClaims, unknown>> {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) throw clientError('TOKEN_MALFORMED');
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.codePointAt(0) ?? 0);
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof claims === 'object' && claims !== null) return claims;
  } catch (error) {
    throw clientError('TOKEN_MALFORMED', { cause: error });
  }
  throw clientError('TOKEN_MALFORMED');
}
