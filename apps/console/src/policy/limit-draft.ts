import type { CallLimits, DialingPolicy, LimitUse } from '@dialplane/calling-api';

/** What is limited, in the order in which it is shown. */
export const limitKinds = ['concurrentCalls', 'callsPerMinute', 'minutesPerDay', 'costPerDay'] as const satisfies ReadonlyArray<keyof CallLimits>;
export type LimitKind = (typeof limitKinds)[number];
export const limitTitles: Readonly<Record<LimitKind, string>> = { concurrentCalls: 'Calls at a time', callsPerMinute: 'Calls begun in a minute', minutesPerDay: 'Minutes a day', costPerDay: 'Money a day' };

/** What has limits of its own: everything, each of a kind, numbers that begin so, or a trunk. */
export type LimitedScope =
  | { readonly kind: 'resource' | 'perNumber' | 'perUser' }
  | { readonly kind: 'prefix' | 'trunk'; readonly name: string };

/** Limits as they are typed; empty is without limit. */
export type LimitTexts = Readonly<Record<LimitKind, string>>;

export function textsOf(limits: CallLimits): LimitTexts {
  const text = (kind: LimitKind): string => (limits[kind] === undefined ? '' : String(limits[kind]));
  return { concurrentCalls: text('concurrentCalls'), callsPerMinute: text('callsPerMinute'), minutesPerDay: text('minutesPerDay'), costPerDay: text('costPerDay') };
}

/** Whether a text stands for a limit: whole numbers, and money with a decimal point or comma; empty for none. */
export function isLimit(kind: LimitKind, text: string): boolean {
  return kind === 'costPerDay' ? /^(\d{1,9}([.,]\d{1,4})?)?$/.test(text.trim()) : /^\d{0,6}$/.test(text.trim());
}

/** The limits that were typed; `undefined` where one of them is none. */
export function readLimits(texts: LimitTexts): CallLimits | undefined {
  if (!limitKinds.every((kind) => isLimit(kind, texts[kind]))) return undefined;
  return Object.fromEntries(limitKinds.filter((kind) => texts[kind].trim() !== '').map((kind) => [kind, Number(texts[kind].trim().replace(',', '.'))]));
}

/** The policy with other limits for one scope of it; those of a trunk are not in it. */
export function withLimits(policy: DialingPolicy, scope: LimitedScope, changed: CallLimits): DialingPolicy {
  const { limits } = policy;
  switch (scope.kind) {
    case 'resource':
    case 'perNumber':
    case 'perUser':
      return { ...policy, limits: { ...limits, [scope.kind]: changed } };
    case 'prefix':
      return { ...policy, limits: { ...limits, byPrefix: [...withoutPrefix(policy, scope.name).limits.byPrefix, { prefix: scope.name, limits: changed }].toSorted((one, other) => (one.prefix < other.prefix ? -1 : 1)) } };
    case 'trunk':
      return policy;
  }
}

/** The policy without the limits of numbers that begin so. */
export function withoutPrefix(policy: DialingPolicy, name: string): DialingPolicy {
  return { ...policy, limits: { ...policy.limits, byPrefix: policy.limits.byPrefix.filter(({ prefix }) => prefix !== name) } };
}

/** What was telephoned of each limit. */
export function usedOf({ concurrentCalls, callsInLastMinute, minutesToday, costToday }: LimitUse): Readonly<Record<LimitKind, number>> {
  return { concurrentCalls, callsPerMinute: callsInLastMinute, minutesPerDay: minutesToday, costPerDay: costToday };
}

/** The limits of which nothing is left. */
export function reachedOf(use: LimitUse): readonly LimitKind[] {
  const used = usedOf(use);
  return limitKinds.filter((kind) => used[kind] >= (use.limits[kind] ?? Number.POSITIVE_INFINITY));
}
