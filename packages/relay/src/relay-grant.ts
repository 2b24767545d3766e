/**
 * Who may use the relay, for what: behind each TURN username stands one. A username is `<expiry>:<credentialId>` with the expiry in seconds since
 * 1970; its password is base64(HMAC-SHA1(secret, username)) ("REST API for access to TURN services").
 */
export interface RelayGrant {
  /** Random, says nothing: usernames are seen on the wire. */
  readonly credentialId: string;
  readonly resourceId: string;
  /** Raw id of the user. */
  readonly userId: string;
  /** Absent where the credential belongs to a user and no call (network traversal API). */
  readonly call?: { readonly callId: string; readonly participantId: string };
  /** Milliseconds since 1970. From then on it opens no allocation; those that exist live as long as they are refreshed. */
  readonly expiresAt: number;
}
