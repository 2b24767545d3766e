import type { Randomness } from '@dialplane/sansio';
import type { SipCrypto } from '../digest/sip-crypto.ts';
import type { SipFlow } from '../link/sip-flow.ts';
import type { SipRequest } from '../message/sip-message.ts';
import type { TransactionTimes } from '../transaction/transaction-times.ts';

export interface UserAgentLimits {
  /** Sessions at a time; further calls are answered 503. Default 10000. */
  readonly sessions: number;
  /** Branches of one forked INVITE that are followed. Default 16. */
  readonly earlyDialogs: number;
  /** REFERs of one session that wait for their end, each way. Default 4. */
  readonly referrals: number;
}

export const defaultUserAgentLimits: UserAgentLimits = { sessions: 10_000, earlyDialogs: 16, referrals: 4 };

export interface UserAgentOptions {
  /** For digest credentials. */
  readonly crypto: SipCrypto;
  /** For branches, tags and Call-IDs, which nobody may guess. */
  readonly randomness: Randomness;
  /** The Contact URI of an answer to this request. Default: `sip:` and the flow's local address. */
  readonly contactOf?: (request: SipRequest, flow: SipFlow) => string;
  /** User-Agent and Server: who we say we are. Absent: neither is sent. */
  readonly product?: string;
  /** Session intervals below this are refused with 422. Default 90, the least that RFC 4028 §5 allows. */
  readonly minSessionSeconds?: number;
  readonly times?: Partial<TransactionTimes>;
  readonly limits?: Partial<UserAgentLimits>;
}
