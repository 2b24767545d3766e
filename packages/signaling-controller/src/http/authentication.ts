import type { Access } from '@dialplane/calling-api';
import type { Identity } from '@dialplane/identity';
import { ApiError } from './api-error.ts';

/** Who sends a request. */
export type Caller = PublicCaller | UserCaller | OperatorCaller;
interface PublicCaller {
  readonly kind: 'public';
}
export interface UserCaller {
  readonly kind: 'user';
  readonly identifier: string;
  readonly tokenExpiresAt: number;
}
export interface OperatorCaller {
  readonly kind: 'operator';
  readonly operatorId: string;
}

/** Who may come as what, by the access that the operation table names. */
export type CallerFor<Kind extends Access> = Kind extends 'public'
  ? PublicCaller
  : Kind extends 'operator'
    ? OperatorCaller
    : Kind extends 'userOrOperator'
      ? UserCaller | OperatorCaller
      : UserCaller;

/**
 * Says who sends a request, by its `Authorization: Bearer` header (RFC 6750), or throws what is wrong: `TOKEN_MISSING`,
 * `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_REVOKED`, `SCOPE_MISSING` or `ROLE_MISSING`.
 */
export async function authenticate(identity: Identity, access: Access, authorization: string | undefined): Promise<Caller> {
  if (access === 'public') return { kind: 'public' };
  const token = bearerToken(authorization);
  if (access === 'operator') return asOperator(identity, token);
  const verified = await identity.verifyAccessToken(token);
  if (!verified.ok) {
    if (access === 'userOrOperator' && verified.code === 'TOKEN_INVALID') return asOperator(identity, token);
    throw new ApiError(verified.code);
  }
  const { scopes, identifier, expiresAt } = verified;
  const isEnough = scopes.has('voip') || (access !== 'voip' && scopes.has('voip.join'));
  if (!isEnough) throw new ApiError('SCOPE_MISSING', { message: `The access token lacks the scope this operation needs: ${access === 'voip' ? 'voip' : 'voip or voip.join'}.` });
  return { kind: 'user', identifier, tokenExpiresAt: expiresAt.getTime() };
}

async function asOperator(identity: Identity, token: string): Promise<OperatorCaller> {
  const verified = await identity.verifyOperatorToken(token);
  if (verified.ok) return { kind: 'operator', operatorId: verified.operatorId };
  if (verified.code !== 'TOKEN_INVALID') throw new ApiError(verified.code);
  // A sound token of a user is a matter of role, not of the token.
  const asUser = await identity.verifyAccessToken(token);
  throw new ApiError(asUser.ok ? 'ROLE_MISSING' : 'TOKEN_INVALID');
}

/** The token of a bearer Authorization header; throws `TOKEN_MISSING` where there is none. */
export function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined) throw new ApiError('TOKEN_MISSING');
  const token = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new ApiError('TOKEN_MISSING', { message: 'The Authorization header must read: Bearer <token>.' });
  return token;
}
