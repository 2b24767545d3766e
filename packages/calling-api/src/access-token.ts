import { Type, type Static } from 'typebox';

/** What an access token may be used for; the words of Azure's identity service. */
export const TokenScope = Type.Union([
  Type.Literal('chat'),
  Type.Literal('voip'),
  Type.Literal('chat.join'),
  Type.Literal('chat.join.limited'),
  Type.Literal('voip.join'),
]);
export type TokenScope = Static<typeof TokenScope>;

/**
 * The payload of an access token (a JWT, RFC 7519). `skypeid`, `acsScope` and `resourceId` are Azure's claim names; the client
 * library reads `endpoint` to find the server that issued the token. Only the server may trust what it says.
 */
export const AccessTokenClaims = Type.Object({
  skypeid: Type.String({ description: 'The raw identifier without its leading `8:`' }),
  acsScope: Type.String({ description: 'Comma-separated scopes' }),
  resourceId: Type.String(),
  /** Origin of the server that issued the token, such as `https://calls.example.org:8443`; no path, no trailing slash. */
  endpoint: Type.String(),
  iss: Type.String(),
  aud: Type.String(),
  jti: Type.String(),
  /** Seconds since 1970, as `exp`. */
  iat: Type.Integer(),
  exp: Type.Integer(),
});
export type AccessTokenClaims = Static<typeof AccessTokenClaims>;
