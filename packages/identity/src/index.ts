/**
 * Who may do what: resources with their access keys, users, access tokens, operators, and rooms, to which users are invited.
 *
 * An application holds a *connection string* (endpoint and access key of a resource) and, through `azure-api`, makes users and
 * access tokens for them. A user's client shows its access token to the signaling controller, which verifies it here. People
 * who run the server have operator tokens, a different kind. All tokens are JSON Web Tokens (RFC 7519) signed with ES256; what
 * makes one invalid (revocation, deletion, a replaced access key, an ended operator session) does so at once.
 *
 * It assumes that this process alone changes the store. Out of scope: HTTP (`azure-api`, `signaling-controller`), Microsoft
 * Entra and Teams identities, passwords.
 *
 * ```ts
 * const identity = await Identity.open({ store, logger, metrics, endpoint: () => 'https://calls.example.org' });
 * const identifier = await identity.createUser({ resourceId: identity.resources.default.id });
 * const issued = await identity.issueAccessToken({ identifier, scopes: ['voip'] });
 * if (issued.ok) await identity.verifyAccessToken(issued.token); // { ok: true, identifier, scopes, … }
 * ```
 */
export { Identity, type IdentityOptions, type LinkSignInOptions, type LinkSignInResult, type SignInOptions, type SignInResult } from './identity.ts';
/** What every method throws when the store fails. */
export { StoreError } from '@dialplane/store';
export { connectionString, isOriginAllowed, type AccessKey, type AccessKeyName, type Resource } from './resources.ts';
export { tokenScopes, type AccessTokenVerification, type IssueAccessTokenRequest, type IssueAccessTokenResult } from './access-tokens.ts';
export type { OperatorToken, OperatorTokenVerification } from './operator-sessions.ts';
export type { SignInCode } from './sign-in-links.ts';
export type { DevelopmentUser } from './users.ts';
export type { RoomAnswer, RoomRefusal } from './rooms/room-answer.ts';
export type { RoomInvitation, Rooms, RoomState } from './rooms/rooms.ts';
export { defaultTokenMinutes, maxTokenMinutes, minTokenMinutes } from './token-lifetime.ts';
