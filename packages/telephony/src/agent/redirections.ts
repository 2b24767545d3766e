import type { Redirection, TrunkProfile } from '@dialplane/calling-api';
import { anonymousAddress, noParameters, parseSipUri, parseUri, readDiversions, readHistoryInfo, sipAddress, writeDiversion, writeHistoryInfo, type ExtraHeaders, type HistoryEntry, type SipHeaders, type Uri } from '@dialplane/sip';

type Reason = Redirection['reason'];

/** Causes of RFC 4458 §2, by which History-Info says why; those that are read and never written are below. */
const causes: Readonly<Record<Reason, number>> = { unknown: 404, unconditional: 302, busy: 486, noAnswer: 408, deflection: 480, unavailable: 503 };
const furtherCauses: ReadonlyMap<number, Reason> = new Map([[487, 'deflection'], [600, 'busy']]);
/** Words of RFC 5806 §5. */
const words: Readonly<Record<Reason, string>> = { unknown: 'unknown', unconditional: 'unconditional', busy: 'user-busy', noAnswer: 'no-answer', deflection: 'deflection', unavailable: 'unavailable' };
const furtherWords: ReadonlyMap<string, Reason> = new Map([['do-not-disturb', 'busy'], ['follow-me', 'unconditional'], ['time-of-day', 'unconditional'], ['away', 'unavailable'], ['out-of-service', 'unavailable']]);

const anonymous = '4:anonymous';
/** How often a call may have been sent on: what was more often goes round in a circle. */
export const mostRedirections = 10;

/**
 * Where a call was before, oldest first: from Diversion (RFC 5806) or History-Info (RFC 7044), whichever knows more; the last entry of the latter is where it is now.
 *
 * @param numberOf the number in a URI, E.164, as its trunk writes numbers.
 */
export function readRedirections(headers: SipHeaders, numberOf: (uri: Uri) => string | undefined): readonly Redirection[] {
  const identifierOf = (uri: string): string | undefined => {
    const parsed = parseUri(uri);
    const number = parsed === undefined ? undefined : numberOf(parsed);
    return number === undefined ? undefined : `4:${number}`;
  };
  const diversions = readDiversions(headers).toReversed().flatMap(({ by, reason, isPrivate }): readonly Redirection[] => {
    const identifier = isPrivate ? anonymous : identifierOf(by.uri);
    return identifier === undefined ? [] : [{ by: identifier, reason: reasonOfWord(reason) }];
  });
  const history = redirectionsIn(readHistoryInfo(headers), identifierOf);
  return (history.length > diversions.length ? history : diversions).slice(-mostRedirections - 1);
}

/** The same as header lines for a request to `uri`, in the way that whom it is sent to understands. @param uriOf Where a number is found, for whom is told. */
export function redirectionHeaders(redirections: readonly Redirection[], way: TrunkProfile['redirectionHeader'], uri: string, uriOf: (number: string) => string): ExtraHeaders {
  if (redirections.length === 0) return [];
  const steps = redirections.map(({ by, reason }, index) => {
    // A user without a number is nobody whom the telephone network could call back.
    const isPrivate = !by.startsWith('4:+');
    return { uri: isPrivate ? anonymousUri : uriOf(by.replace(/^4:/, '')), isPrivate, reason, cause: causeOf(redirections[index - 1]) };
  });
  const history = writeHistoryInfo([...steps, { uri, isPrivate: false, cause: causeOf(redirections.at(-1)) }]);
  const diversions = steps.map((step) => writeDiversion({ by: sipAddress(step.uri, noParameters, ''), reason: words[step.reason], counter: 1, isPrivate: step.isPrivate })).toReversed();
  return [
    ...(way === 'diversion' || way === 'both' ? diversions.map((value) => ['Diversion', value] as const) : []),
    ...(way === 'historyInfo' || way === 'both' ? history.map((value) => ['History-Info', value] as const) : []),
  ];
}

const anonymousUri = /<(.*)>/.exec(anonymousAddress)?.[1] ?? anonymousAddress;

/** Targets that followed each other. Several entries of one target (its devices, say) are one. */
function redirectionsIn(entries: readonly HistoryEntry[], identifierOf: (uri: string) => string | undefined): readonly Redirection[] {
  const targets = entries.flatMap((entry) => {
    const by = entry.isPrivate ? anonymous : identifierOf(entry.target.uri);
    return by === undefined ? [] : [{ by, entry }];
  });
  return targets.flatMap(({ by, entry }, index) => {
    const next = targets[index + 1];
    return next === undefined || next.by === by ? [] : [{ by, reason: reasonOfCause(entry.reasons.find(({ protocol }) => protocol === 'SIP')?.cause ?? causeInUri(next.entry)) }];
  });
}

function causeInUri({ target }: HistoryEntry): number | undefined {
  const cause = Number.parseInt(parseSipUri(target.uri)?.parameters.get('cause') ?? '', 10);
  return Number.isNaN(cause) ? undefined : cause;
}

function reasonOfCause(cause: number | undefined): Reason {
  const known = Object.entries(causes).find(([, each]) => each === cause);
  return (known?.[0] as Reason | undefined) ?? furtherCauses.get(cause ?? 0) ?? 'unknown';
}

function reasonOfWord(word: string): Reason {
  const known = Object.entries(words).find(([, each]) => each === word);
  return (known?.[0] as Reason | undefined) ?? furtherWords.get(word) ?? 'unknown';
}

function causeOf(redirection: Redirection | undefined): number | undefined {
  return redirection === undefined ? undefined : causes[redirection.reason];
}
