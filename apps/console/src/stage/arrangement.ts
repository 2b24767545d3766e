/** How a group is shown: everybody alike, or who speaks large. A shared screen and the spotlight come before either. */
export type Arrangement = 'gallery' | 'speaker';

/** A tile on the stage. `Avatar` is somebody whose camera, if it is on, is not shown: it would be one picture too many. */
export interface Shown {
  readonly rawId: string;
  readonly shows: 'Video' | 'ScreenSharing' | 'Avatar';
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

/** What there is room for: people at all, and of their pictures as many as line and machine carry well. */
export interface Room {
  readonly tiles: number;
  readonly pictures: number;
}

/** The stage: large tiles, small ones, and how many people are not shown. */
export interface Floor {
  readonly main: readonly Shown[];
  readonly strip: readonly Shown[];
  readonly hidden: number;
}

/**
 * Arranges `company` in the room there is. Who does not fit, and whose picture does not, is chosen by having spoken last, then by having a picture; who is shown keeps the
 * order of the roster, so that nobody jumps about.
 */
export function arrange(company: Company, arrangement: Arrangement, room: Room): Floor {
  const { participants, sharer, dominant, spotlighted } = company;
  const preferred = byPreference(company);
  const shown = keepOrder(company, preferred.slice(0, Math.max(1, room.tiles)));
  const hidden = participants.length - shown.length;
  const seen = new Set(preferred.filter((rawId) => participants.some((each) => each.rawId === rawId && each.hasVideo)).slice(0, Math.max(1, room.pictures)));
  const cameras = (rawIds: readonly string[]): Shown[] => rawIds.map((rawId) => ({ rawId, shows: isOneTooMany(company, seen, rawId) ? 'Avatar' : 'Video' }));
  if (sharer !== undefined) return { main: [{ rawId: sharer, shows: 'ScreenSharing' }], strip: cameras(shown), hidden };
  const large = spotlighted.filter((rawId) => shown.includes(rawId));
  const speaker = dominant.find((rawId) => shown.includes(rawId)) ?? shown[0];
  if (large.length === 0 && arrangement === 'speaker' && speaker !== undefined) large.push(speaker);
  if (large.length === 0) return { main: cameras(shown), strip: [], hidden };
  return { main: cameras(large), strip: cameras(shown.filter((rawId) => !large.includes(rawId))), hidden };
}

/** Columns of a grid of `count` tiles. */
export function columnsOf(count: number, isNarrow: boolean): number {
  if (isNarrow) return count > 3 ? 2 : 1;
  return Math.max(1, Math.ceil(Math.sqrt(count)));
}

const isOneTooMany = ({ participants }: Company, seen: ReadonlySet<string>, rawId: string): boolean => !seen.has(rawId) && participants.some((each) => each.rawId === rawId && each.hasVideo);

function byPreference({ participants, dominant, spotlighted, sharer }: Company): readonly string[] {
  const everybody = participants.map(({ rawId }) => rawId);
  const preferred = new Set([...spotlighted, ...(sharer === undefined ? [] : [sharer]), ...dominant, ...participants.filter(({ hasVideo }) => hasVideo).map(({ rawId }) => rawId), ...everybody]);
  return [...preferred].filter((rawId) => everybody.includes(rawId));
}

function keepOrder({ participants }: Company, chosen: readonly string[]): readonly string[] {
  return participants.map(({ rawId }) => rawId).filter((rawId) => chosen.includes(rawId));
}
