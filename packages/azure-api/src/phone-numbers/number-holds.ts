import type { TelephoneNumber } from '@dialplane/calling-api';
import type { SearchRequest } from './number-requests.ts';

/** Numbers that were found for somebody, and are kept for them until they purchase or it is too late. */
export interface NumberSearch {
  readonly searchId: string;
  readonly request: SearchRequest;
  readonly numbers: readonly TelephoneNumber[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Numbers that somebody put aside one by one. */
export interface NumberReservation {
  readonly id: string;
  readonly numbers: ReadonlySet<string>;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Azure's times: 15 minutes after the last change, 2 hours at most. */
const holdMs = 15 * 60_000;
const longestReservationMs = 2 * 3_600_000;
const mostHolds = 1000;

/** Who holds which numbers of the pool. In memory: what is held is free again after a restart. */
export class NumberHolds {
  readonly #now: () => number;
  readonly #searches = new Map<string, NumberSearch>();
  readonly #reservations = new Map<string, NumberReservation>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether no further search or reservation can be kept. */
  get isFull(): boolean {
    this.#forgetExpired();
    return this.#searches.size + this.#reservations.size >= mostHolds;
  }

  /** Whether a number is kept for somebody, other than by this reservation. */
  isHeld(e164: string, exceptReservation?: string): boolean {
    this.#forgetExpired();
    const isSearched = [...this.#searches.values()].some(({ numbers }) => numbers.some(({ number }) => number === e164));
    return isSearched || [...this.#reservations.values()].some(({ id, numbers }) => id !== exceptReservation && numbers.has(e164));
  }

  keepSearch(searchId: string, request: SearchRequest, numbers: readonly TelephoneNumber[]): NumberSearch {
    const search = { searchId, request, numbers, expiresAt: this.#now() + holdMs };
    this.#searches.set(searchId, search);
    return search;
  }

  search(searchId: string): NumberSearch | undefined {
    this.#forgetExpired();
    return this.#searches.get(searchId);
  }

  endSearch(searchId: string): void {
    this.#searches.delete(searchId);
  }

  keepReservation(id: string, numbers: ReadonlySet<string>): NumberReservation {
    const now = this.#now();
    const createdAt = this.#reservations.get(id)?.createdAt ?? now;
    const reservation = { id, numbers, createdAt, expiresAt: Math.min(now + holdMs, createdAt + longestReservationMs) };
    this.#reservations.set(id, reservation);
    return reservation;
  }

  reservation(id: string): NumberReservation | undefined {
    this.#forgetExpired();
    return this.#reservations.get(id);
  }

  reservations(): readonly NumberReservation[] {
    this.#forgetExpired();
    return [...this.#reservations.values()];
  }

  endReservation(id: string): boolean {
    return this.#reservations.delete(id);
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#searches) if (expiresAt <= now) this.#searches.delete(id);
    for (const [id, { expiresAt }] of this.#reservations) if (expiresAt <= now) this.#reservations.delete(id);
  }
}
