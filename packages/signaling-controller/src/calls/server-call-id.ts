const prefix = 'dialplane:';

/** The server call id of a call, as clients and applications see it: opaque to them. */
export function serverCallIdOf(callId: string): string {
  return Buffer.from(`${prefix}${callId}`).toString('base64url');
}

/** The call that a server call id names; `undefined` for what is none of ours. */
export function callIdOf(serverCallId: string): string | undefined {
  const text = Buffer.from(serverCallId, 'base64url').toString();
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}
