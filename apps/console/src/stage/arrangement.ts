/** How a group is shown: everybody alike, or who speaks large. A shared screen and the spotlight come before either. */
export type Arrangement = 'gallery' | 'speaker';

/** A picture on the stage. */
export interface Shown {
  readonly rawId: string;
  readonly shows: 'Video' | 'ScreenSharing';
}

/** What of a call decides who is shown. Raw identifiers. */
export interface Company {
  /** In the order of the roster. */
  readonly participants: ReadonlyArray<{ readonly rawId: string; readonly hasVideo: boolean }>;
  readonly sharer?: string | undefined;
  /** The newest speaker first. */
  readonly dominant: readonly string[];
  readonly spotlighted: readonly string[];
}

/** The stage: large pictures, small ones, and how many people are not shown. */
export interface Floor {
  readonly main: readonly Shown[];
  readonly strip: readonly Shown[];
  readonly hidden: number;
}

/**
 * Arranges `company` with at most `capacity` people. Who does not fit is chosen by having spoken last, then by having a picture; who is shown keeps the order of the
 * roster, so that nobody jumps about.
 */
export function arrange(company: Company, arrangement: Arrangement, capacity: number): Floor {
  const { participants, sharer, dominant, spotlighted } = company;
  const shown = choose(company, Math.max(1, capacity));
  const hidden = participants.length - shown.length;
  const cameras = (rawIds: readonly string[]): Shown[] => rawIds.map((rawId) => ({ rawId, shows: 'Video' }));
  if (sharer !== undefined) return { main: [{ rawId: sharer, shows: 'ScreenSharing' }], strip: cameras(shown), hidden };
  const large = spotlighted.filter((rawId) => shown.includes(rawId));
  const speaker = dominant.find((rawId) => shown.includes(rawId)) ?? shown[0];
  if (large.length === 0 && arrangement === 'speaker' && speaker !== undefined) large.push(speaker);
  if (large.length === 0) return { main: cameras(shown), strip: [], hidden };
  return { main: cameras(large), strip: cameras(shown.filter((rawId) => !large.includes(rawId))), hidden };
}

/** Columns of a grid of `count` pictures. */
export function columnsOf(count: number, isNarrow: boolean): number {
  if (isNarrow) return count > 3 ? 2 : 1;
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

function choose({ participants, dominant, spotlighted, sharer }: Company, capacity: number): string[] {
  const everybody = participants.map(({ rawId }) => rawId);
  if (everybody.length <= capacity) return everybody;
  const preferred = [...spotlighted, ...(sharer === undefined ? [] : [sharer]), ...dominant, ...participants.filter(({ hasVideo }) => hasVideo).map(({ rawId }) => rawId), ...everybody];
  const chosen = new Set([...new Set(preferred)].filter((rawId) => everybody.includes(rawId)).slice(0, capacity));
  return everybody.filter((rawId) => chosen.has(rawId));
}
