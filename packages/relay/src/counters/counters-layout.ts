import type { RelayUsageEvent } from '../relay-plane.ts';

/**
 * The file of the live totals, little-endian:
 *
 * | at | what |
 * |---|---|
 * | 0 | magic `DPRELAY` and a zero |
 * | 8, 12 | version and number of slots, 32 bits each |
 * | 16 | when the relay last said that it lives: float64, milliseconds since 1970 |
 * | 64 | totals: four float64 a slot, in the order of `RelayedTotals` |
 * | behind | identities: 1024 bytes a slot: state and length (32 bits each), then JSON |
 */
export const countersLayout = {
  magic: 'DPRELAY\0',
  version: 1,
  headerLength: 64,
  totalsLength: 32,
  identityLength: 1024,
  identityHeaderLength: 8,
  aliveAtOffset: 16,
} as const;

/** State of an identity: nobody's, of an allocation that lives, of one that has ended and whose last row is not confirmed. */
export const slotState = { free: 0, live: 1, stopped: 2 } as const;

/** Whose totals a slot holds: a usage event without its figures. A stopped one has its reason and time. */
export interface CountedAllocation extends Omit<RelayUsageEvent, 'kind' | 'reason' | 'totals' | 'at'> {
  readonly stopped?: { readonly reason: NonNullable<RelayUsageEvent['reason']>; readonly at: number };
}

/** A grant may have this many bytes as JSON: with it an identity never outgrows its place. */
export const longestGrant = 640;

export function countersLength(slots: number): number {
  return countersLayout.headerLength + slots * (countersLayout.totalsLength + countersLayout.identityLength);
}

export function identityOffset(slots: number, slot: number): number {
  return countersLayout.headerLength + slots * countersLayout.totalsLength + slot * countersLayout.identityLength;
}
