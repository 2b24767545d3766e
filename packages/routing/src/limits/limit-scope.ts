import type { DialingPolicy, LimitUse } from '@dialplane/calling-api';

/** What of a line counts. */
export interface CountedLine {
  readonly lineId: string;
  readonly direction: 'outbound' | 'inbound';
  /** E.164 of the telephone at the other end, where it is known. */
  readonly number?: string;
  /** E.164 of the number of ours that is shown, or called. */
  readonly ownNumber?: string;
  /** Raw identifier of the user who wanted the line. */
  readonly identifier?: string;
  readonly trunk?: string;
  /** In the policy's currency, for each started minute. */
  readonly ratePerMinute: number;
}

/** What has limits of its own. */
export type Scope = LimitUse['scope'];

/** Everything whose limits hold for a line: a scope, and the name of what it is one of. */
export function scopesOf(line: Omit<CountedLine, 'lineId' | 'ratePerMinute'>, { limits }: Pick<DialingPolicy, 'limits'>): ReadonlyArray<readonly [Scope, string | undefined]> {
  const { number, ownNumber, identifier, trunk } = line;
  const prefixes = line.direction === 'outbound' && number !== undefined ? limits.byPrefix.filter(({ prefix }) => number.startsWith(prefix)) : [];
  return [
    ['resource', undefined],
    ...(trunk === undefined ? [] : [['trunk', trunk] as const]),
    ...(ownNumber === undefined ? [] : [['number', ownNumber] as const]),
    ...(identifier === undefined ? [] : [['user', identifier] as const]),
    ...prefixes.map(({ prefix }) => ['prefix', prefix] as const),
  ];
}

export function keyOf(scope: Scope, name: string | undefined): string {
  return `${scope} ${name ?? ''}`;
}

/** For the beginning of a sentence. */
export function titleOf({ scope, name }: { readonly scope: Scope; readonly name: string | undefined }): string {
  switch (scope) {
    case 'resource':
      return 'This server';
    case 'trunk':
      return `Trunk ${name}`;
    case 'number':
      return `Number ${name}`;
    case 'user':
      return `User ${name}`;
    case 'prefix':
      return `Calls to ${name}… together`;
  }
}
