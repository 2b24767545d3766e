import type { Redirection } from '@dialplane/calling-api';
import { readDiversions, type SessionEnd } from '@dialplane/sip';
import type { LineEnd, LineRefusal } from '@dialplane/telephony-api';
import type { LineAttempt } from './far-side.ts';
import { asLineEnd } from './line-ends.ts';
import type { LiveLine } from './live-line.ts';

/** Where a redirected line may go. `notFollowed`: the 3xx is its end. */
export type RedirectionAnswer =
  | { readonly kind: 'ways'; readonly attempts: readonly LineAttempt[] }
  | { readonly kind: 'refused'; readonly refusal: LineRefusal; readonly sentence: string }
  | ({ readonly kind: 'forwarded' } & NonNullable<LineEnd['forwarded']>)
  | { readonly kind: 'notFollowed'; readonly sentence: string };

const mostRedirections = 3;

/** The 3xx of whom was called (RFC 3261 §8.1.3.4): where it leads is asked of the owner of numbers and routes. */
export function handleRedirected(live: LiveLine, attempt: LineAttempt, end: SessionEnd): void {
  live.redirections += 1;
  const contacts = end.targets ?? [];
  if (contacts.length === 0) return live.end(asLineEnd(end));
  if (live.redirections > mostRedirections) return live.end({ ...asLineEnd(end), sentence: `The call was redirected more than ${mostRedirections} times.` });
  live.state = { kind: 'redirecting', attempt, end };
  live.outputs.push({ kind: 'redirected', far: attempt.far, contacts, reason: reasonOf(end) });
}

/** The latest Diversion of the 3xx, or what its status says. */
function reasonOf({ message, status }: SessionEnd): Redirection['reason'] {
  const said = message === undefined ? undefined : readDiversions(message.headers)[0]?.reason;
  if (said === 'user-busy') return 'busy';
  if (said === 'no-answer') return 'noAnswer';
  return status === 301 || status === 302 ? 'unconditional' : 'unknown';
}
