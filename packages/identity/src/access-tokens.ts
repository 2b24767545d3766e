import { randomUUID } from 'node:crypto';
import type { AccessTokenClaims, TokenScope } from '@dialplane/calling-api';
import type { JWTPayload } from 'jose';
import type { Resource, Resources } from './resources.ts';
import { defaultTokenMinutes, maxTokenMinutes, minTokenMinutes } from './token-lifetime.ts';
import type { TokenKind, TokenSigner } from './token-signer.ts';
import type { Users } from './users.ts';

export const tokenScopes = ['chat', 'voip', 'chat.join', 'chat.join.limited', 'voip.join'] as const satisfies readonly TokenScope[];

export const accessTokenKind: TokenKind = { type: 'JWT', audience: 'urn:dialplane:access' };

export interface IssueAccessTokenRequest {
  readonly identifier: string;
  /** At least one of {@link tokenScopes}; repeated ones count once. */
  readonly scopes: readonly TokenScope[];
  /** 60..1440, 1440 by default (Azure, "Identity model"). */
  readonly expiresInMinutes?: number;
  /** The access key that the request for this token was signed with: rotating that key makes the token invalid. */
  readonly accessKeyId?: string;
}

export type IssueAccessTokenResult =
  | { readonly ok: true; readonly token: string; readonly expiresOn: Date }
  | { readonly ok: false; readonly code: 'USER_NOT_FOUND' | 'SCOPES_INVALID' | 'LIFETIME_INVALID' };

export type AccessTokenVerification =
  | {
      readonly ok: true;
      readonly identifier: string;
      readonly resourceId: string;
      readonly scopes: ReadonlySet<string>;
      readonly issuedAt: Date;
      readonly expiresAt: Date;
      readonly tokenId: string;
    }
  | { readonly ok: false; readonly code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_REVOKED' };

/**
 * Our claims beside those that clients read. `tokenGeneration` is the watermark of revocation: a number that the user's record
 * counts up, so that it also tells apart tokens of the same second, and no clock that steps back revives one.
 */
interface Claims extends AccessTokenClaims {
  readonly tokenGeneration: number;
  readonly accessKeyId?: string;
}

/** Issues and verifies the tokens that applications hand to their users. */
export class AccessTokens {
  readonly #signer: TokenSigner;
  readonly #users: Users;
  readonly #resources: Resources;
  readonly #endpoint: (resource: Resource) => string;
  readonly #now: () => number;

  constructor(parts: { readonly signer: TokenSigner; readonly users: Users; readonly resources: Resources; readonly endpoint: (resource: Resource) => string; readonly now: () => number }) {
    this.#signer = parts.signer;
    this.#users = parts.users;
    this.#resources = parts.resources;
    this.#endpoint = parts.endpoint;
    this.#now = parts.now;
  }

  async issue(request: IssueAccessTokenRequest): Promise<IssueAccessTokenResult> {
    const minutes = request.expiresInMinutes ?? defaultTokenMinutes;
    if (!Number.isInteger(minutes) || minutes < minTokenMinutes || minutes > maxTokenMinutes) return { ok: false, code: 'LIFETIME_INVALID' };
    const scopes = new Set(request.scopes);
    if (scopes.size === 0 || [...scopes].some((scope) => !tokenScopes.includes(scope))) return { ok: false, code: 'SCOPES_INVALID' };
    const user = await this.#users.state(request.identifier);
    const resource = user === undefined ? undefined : this.#resources.get(user.resourceId);
    if (user === undefined || resource === undefined) return { ok: false, code: 'USER_NOT_FOUND' };

    const endpoint = this.#endpoint(resource);
    const iat = Math.floor(this.#now() / 1000);
    const exp = iat + minutes * 60;
    const claims: Omit<Claims, 'aud'> = {
      skypeid: user.identifier.replace(/^8:/, ''),
      acsScope: [...scopes].join(','),
      resourceId: resource.id,
      endpoint,
      iss: endpoint,
      jti: randomUUID(),
      iat,
      exp,
      tokenGeneration: user.tokenGeneration,
      ...(request.accessKeyId === undefined ? {} : { accessKeyId: request.accessKeyId }),
    };
    return { ok: true, token: await this.#signer.sign({ ...claims }), expiresOn: new Date(exp * 1000) };
  }

  /**
   * Whether the token is ours, in time, of the user's current generation and issued with a key that is still valid. The issuer
   * is not compared: the public address may have changed since, the signing keys are this server's own.
   */
  async verify(token: string): Promise<AccessTokenVerification> {
    const signature = await this.#signer.verify(token);
    if (!signature.ok) return signature;
    const claims = parseClaims(signature.claims);
    if (claims === undefined) return { ok: false, code: 'TOKEN_INVALID' };
    const identifier = `8:${claims.skypeid}`;
    const user = await this.#users.state(identifier);
    if (user === undefined || user.resourceId !== claims.resourceId || user.tokenGeneration !== claims.tokenGeneration || !this.#isKeyCurrent(claims)) {
      return { ok: false, code: 'TOKEN_REVOKED' };
    }
    return {
      ok: true,
      identifier,
      resourceId: claims.resourceId,
      scopes: new Set(claims.acsScope.split(',')),
      issuedAt: new Date(claims.iat * 1000),
      expiresAt: new Date(claims.exp * 1000),
      tokenId: claims.jti,
    };
  }

  /** Users of whom a token was seen lately that was issued with an access key no longer valid. */
  identifiersWithOldKeys(): ReadonlySet<string> {
    const identifiers = new Set<string>();
    for (const payload of this.#signer.recentClaims()) {
      const claims = parseClaims(payload);
      if (claims !== undefined && !this.#isKeyCurrent(claims)) identifiers.add(`8:${claims.skypeid}`);
    }
    return identifiers;
  }

  #isKeyCurrent(claims: Claims): boolean {
    return claims.accessKeyId === undefined || this.#resources.isCurrentKey(claims.resourceId, claims.accessKeyId);
  }
}

/** Tokens outlive upgrades, so even what we signed is looked at before it is used. */
function parseClaims(payload: JWTPayload): Claims | undefined {
  const { skypeid, acsScope, resourceId, endpoint, iss, aud, jti, iat, exp, tokenGeneration, accessKeyId } = payload;
  if (typeof skypeid !== 'string' || typeof acsScope !== 'string' || typeof resourceId !== 'string' || typeof endpoint !== 'string') return undefined;
  if (typeof iss !== 'string' || typeof aud !== 'string' || typeof jti !== 'string' || typeof iat !== 'number' || typeof exp !== 'number') return undefined;
  if (typeof tokenGeneration !== 'number' || (accessKeyId !== undefined && typeof accessKeyId !== 'string')) return undefined;
  return { skypeid, acsScope, resourceId, endpoint, iss, aud, jti, iat, exp, tokenGeneration, ...(accessKeyId === undefined ? {} : { accessKeyId }) };
}
