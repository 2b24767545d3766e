import type { UpdateRoomRequest } from '@dialplane/calling-api';

const longestWindowMs = 180 * 86_400_000;

/** When a room can be joined. Milliseconds since 1970, `until` is not included. */
export interface RoomWindow {
  readonly from: number;
  readonly until: number;
}

/**
 * The window that is asked for, or why there is none (Azure Rooms: from now on and for 180 days by default, 180 days at most, and not over before it began).
 *
 * @param before of a room that is changed: what is not named stays.
 */
export function windowOf({ validFrom, validUntil }: UpdateRoomRequest, now: number, before?: RoomWindow): RoomWindow | { readonly fault: string } {
  const from = validFrom === undefined ? (before?.from ?? now) : Date.parse(validFrom);
  const until = validUntil === undefined ? (before?.until ?? from + longestWindowMs) : Date.parse(validUntil);
  if (!Number.isFinite(from) || !Number.isFinite(until)) return { fault: 'validFrom and validUntil are instants, such as 2026-11-26T12:00:00Z.' };
  // Without a word about it a window is not looked at again: also a room that is over can be changed otherwise.
  if (before !== undefined && validFrom === undefined && validUntil === undefined) return before;
  if (until <= now) return { fault: 'validUntil is over already.' };
  if (until <= from) return { fault: 'validUntil comes before validFrom.' };
  if (until - from > longestWindowMs) return { fault: 'A room is open for 180 days at most.' };
  return { from, until };
}

export function isOpen({ from, until }: RoomWindow, now: number): boolean {
  return from <= now && now < until;
}
