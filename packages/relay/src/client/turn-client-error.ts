import type { RefusedRequest, TurnClientEnd } from '@dialplane/turn';

const sentences: Readonly<Partial<Record<TurnClientEnd, string>>> = {
  allocationLost: 'The server no longer knows the allocation.',
  timedOut: 'The server does not answer.',
  integrityViolated: 'The answers of the server are not genuine.',
  pathFailed: 'The connection to the server is lost.',
  released: 'The allocation was given up.',
  STUN_CREDENTIALS_REFUSED: 'The server does not accept this username and password.',
};

/** Why something asked of a TURN server did not happen. `statusCode` is the server's where it refused (RFC 8656 §19). */
export class TurnClientError extends Error {
  override readonly name = 'TurnClientError';
  readonly reason: TurnClientEnd | RefusedRequest;
  readonly statusCode: number | undefined;

  constructor(reason: TurnClientEnd | RefusedRequest, statusCode?: number, cause?: unknown) {
    const sentence = statusCode === undefined ? (sentences[reason as TurnClientEnd] ?? `The relay failed: ${reason}.`) : `The server refused with ${statusCode} (${reason}).`;
    super(sentence, { cause });
    this.reason = reason;
    this.statusCode = statusCode;
  }
}
