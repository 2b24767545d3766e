import type { SipResponse } from '../message/sip-message.ts';

/** Answers that say how the request might succeed (RFC 3261 §16.7 item 6). */
const helpful: ReadonlySet<number> = new Set([401, 407, 415, 420, 484]);

/**
 * The better of two final responses other than 2xx (RFC 3261 §16.7 item 6): 6xx before all, then the lowest class, in 4xx what says how to try again, then what came first.
 *
 * Deviation: a 503 is passed on as it is, not as 500. Whoever is behind this proxy chooses among carriers, and 503 tells it to take the next one.
 */
export function betterResponse(earlier: SipResponse | undefined, later: SipResponse): SipResponse {
  return earlier === undefined || rank(later) < rank(earlier) ? later : earlier;
}

function rank({ status }: SipResponse): number {
  const responseClass = Math.floor(status / 100);
  if (responseClass === 6) return 0;
  return responseClass * 2 + (helpful.has(status) ? 0 : 1);
}

/** RFC 3261 §16.7 item 7: a challenge carries those of the other branches, too, so that they can all be answered at once. */
export function addChallenges(best: SipResponse, others: readonly SipResponse[]): void {
  if (best.status !== 401 && best.status !== 407) return;
  for (const other of others) {
    if (other === best || (other.status !== 401 && other.status !== 407)) continue;
    for (const name of ['WWW-Authenticate', 'Proxy-Authenticate']) best.headers.addFrom(other.headers, name);
  }
}
