import { maxTokenMinutes, minTokenMinutes, tokenScopes, type Identity, type IssueAccessTokenRequest } from '@dialplane/identity';

/** What `./dialplane token create` asks for. */
interface TokenOrder {
  /** A raw identifier, or `new`. */
  readonly user: string;
  readonly scopes: readonly string[];
  readonly minutes: number;
}

export type TokenAnswer =
  | { readonly ok: true; readonly user: string; readonly token: string; readonly expiresOn: string }
  | { readonly ok: false; readonly sentence: string };
export type RevocationAnswer = { readonly ok: true } | { readonly ok: false; readonly sentence: string };

/** Hands out and revokes access tokens for the command line: directly on a store, or by asking the server that has it open. */
export interface TokenDesk {
  create(order: TokenOrder): Promise<TokenAnswer>;
  revoke(user: string): Promise<RevocationAnswer>;
}

/** The desk of a process that has the identities open. */
export function identityTokenDesk(identity: Identity): TokenDesk {
  return {
    create: async ({ user, scopes, minutes }) => {
      const known = scopes.filter(isScope);
      if (known.length === 0 || known.length < scopes.length) return { ok: false, sentence: `Scopes are some of ${tokenScopes.join(', ')}.` };
      if (minutes < minTokenMinutes || minutes > maxTokenMinutes) return { ok: false, sentence: `A token lasts ${minTokenMinutes} to ${maxTokenMinutes} minutes.` };
      const identifier = user === 'new' ? await identity.createUser({ resourceId: identity.resources.default.id }) : user;
      const issued = await identity.issueAccessToken({ identifier, scopes: known, expiresInMinutes: minutes });
      if (issued.ok) return { ok: true, user: identifier, token: issued.token, expiresOn: issued.expiresOn.toISOString() };
      return { ok: false, sentence: issued.code === 'USER_NOT_FOUND' ? unknownUser(user) : `The token was refused: ${issued.code}.` };
    },
    revoke: async (user) => ((await identity.revokeTokens(user)) ? { ok: true } : { ok: false, sentence: unknownUser(user) }),
  };
}

function isScope(text: string): text is IssueAccessTokenRequest['scopes'][number] {
  return tokenScopes.some((scope) => scope === text);
}

function unknownUser(user: string): string {
  return `There is no user ${user}. A user is named by its identifier (8:acs:...), or made by --user new.`;
}
