import { tokenScopes, maxTokenMinutes, minTokenMinutes } from '@dialplane/identity';
import { AzureError } from './azure-error.ts';
import { parseObject } from './json-body.ts';

type TokenScope = (typeof tokenScopes)[number];

/** What a token is asked for with. */
export interface TokenRequest {
  readonly scopes: readonly TokenScope[];
  readonly expiresInMinutes?: number;
}

/**
 * Reads the body of a request that asks for a token. Fields that are not known are ignored, as Azure does. Throws
 * {@link AzureError} with what is wrong and where.
 *
 * @param scopesField how the operation names the scopes: `scopes` or `createTokenWithScopes`.
 */
export function parseTokenRequest(body: Uint8Array, scopesField: 'scopes' | 'createTokenWithScopes'): TokenRequest {
  const fields = parseObject(body);
  const scopes = parseScopes(fields[scopesField], scopesField);
  const minutes = fields['expiresInMinutes'];
  if (minutes === undefined || minutes === null) return { scopes };
  if (typeof minutes !== 'number' || !Number.isInteger(minutes) || minutes < minTokenMinutes || minutes > maxTokenMinutes) {
    throw new AzureError('LIFETIME_INVALID', { target: 'expiresInMinutes', detail: `it is ${JSON.stringify(minutes).slice(0, 40)}` });
  }
  return { scopes, expiresInMinutes: minutes };
}

function parseScopes(value: unknown, target: string): readonly TokenScope[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new AzureError('SCOPES_INVALID', { target });
  return value.map((scope: unknown) => {
    const known = tokenScopes.find((name) => name === scope);
    if (known === undefined) throw new AzureError('SCOPES_INVALID', { target, detail: `not ${JSON.stringify(scope)?.slice(0, 40)}` });
    return known;
  });
}
