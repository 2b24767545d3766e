/** The timer values of RFC 3261 §17 that the others follow from, in milliseconds. */
export interface TransactionTimes {
  /** T1: estimate of the round-trip time; first retransmission, and 64 times it the end of waiting (timers B, F, H, J, L, M). Default 500. */
  readonly t1Ms: number;
  /** T2: longest wait between retransmissions of non-INVITE requests and of responses to INVITE. Default 4000. */
  readonly t2Ms: number;
  /** T4: how long a message may stay in the network (timers I and K). Default 5000. */
  readonly t4Ms: number;
  /** How long an INVITE waits for its core before the transaction sends 100 by itself (RFC 3261 §17.2.1). Default 200. */
  readonly tryingMs: number;
  /** Timer D: how long a client absorbs retransmissions of the final response over an unreliable flow. Default 32000. */
  readonly absorbMs: number;
}

/** The values of RFC 3261, table 4. */
export const defaultTransactionTimes: TransactionTimes = { t1Ms: 500, t2Ms: 4000, t4Ms: 5000, tryingMs: 200, absorbMs: 32_000 };

/** Timers B, F, H, J, L and M: 64·T1. */
export function patienceMs(times: TransactionTimes): number {
  return 64 * times.t1Ms;
}
