import type { SipHeaders } from './sip-headers.ts';

/** A request (RFC 3261 §7.1). */
export interface SipRequest {
  readonly kind: 'request';
  /** Compared with case: `INVITE`. */
  readonly method: string;
  /** The Request-URI as it is written; `parseUri` reads it. */
  readonly uri: string;
  readonly headers: SipHeaders;
  readonly body: Uint8Array;
}

/** A response (RFC 3261 §7.2). */
export interface SipResponse {
  readonly kind: 'response';
  /** 100..699. */
  readonly status: number;
  /** What it says to people, unchanged; may be empty. */
  readonly reason: string;
  readonly headers: SipHeaders;
  readonly body: Uint8Array;
}

export type SipMessage = SipRequest | SipResponse;

/** The body of a message without one. */
export const noBody: Uint8Array = new Uint8Array(0);
