import type { TelephoneNumber } from '@dialplane/calling-api';
import type { StoredOperation } from './long-operations.ts';
import type { NumberHoldStore } from './phone-number-source.ts';
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
  /** E.164. */
  readonly numbers: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Azure's times: 15 minutes after the last change, 2 hours at most. */
const holdMs = 15 * 60_000;
const longestReservationMs = 2 * 3_600_000;
const mostHolds = 1000;

/** What is stored beside each other. */
type StoredHold = StoredOperation | { readonly kind: 'search'; readonly search: NumberSearch } | { readonly kind: 'reservation'; readonly reservation: NumberReservation };

/** Who holds which numbers of the pool: in memory, and in the store, from which what the run before has left is taken over. */
export class NumberHolds {
  readonly #now: () => number;
  readonly #store: NumberHoldStore;
  readonly #searches = new Map<string, NumberSearch>();
  readonly #reservations = new Map<string, NumberReservation>();

  constructor(store: NumberHoldStore, now: () => number) {
    this.#store = store;
    this.#now = now;
    for (const { hold } of store.left as ReadonlyArray<{ readonly hold: StoredHold }>) {
      if (hold.kind === 'search') this.#searches.set(hold.search.searchId, hold.search);
      else if (hold.kind === 'reservation') this.#reservations.set(hold.reservation.id, hold.reservation);
    }
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
    return isSearched || [...this.#reservations.values()].some(({ id, numbers }) => id !== exceptReservation && numbers.includes(e164));
  }

  async keepSearch(searchId: string, request: SearchRequest, numbers: readonly TelephoneNumber[]): Promise<NumberSearch> {
    const search = { searchId, request, numbers, expiresAt: this.#now() + holdMs };
    this.#searches.set(searchId, search);
    await this.#store.keep({ id: `search/${searchId}`, hold: { kind: 'search', search } satisfies StoredHold, expiresAt: search.expiresAt });
    return search;
  }

  search(searchId: string): NumberSearch | undefined {
    this.#forgetExpired();
    return this.#searches.get(searchId);
  }

  async endSearch(searchId: string): Promise<void> {
    this.#searches.delete(searchId);
    await this.#store.forget(`search/${searchId}`);
  }

  async keepReservation(id: string, numbers: readonly string[]): Promise<NumberReservation> {
    const now = this.#now();
    const createdAt = this.#reservations.get(id)?.createdAt ?? now;
    const reservation = { id, numbers, createdAt, expiresAt: Math.min(now + holdMs, createdAt + longestReservationMs) };
    this.#reservations.set(id, reservation);
    await this.#store.keep({ id: `reservation/${id}`, hold: { kind: 'reservation', reservation } satisfies StoredHold, expiresAt: reservation.expiresAt });
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

  /** @returns whether there was one. */
  async endReservation(id: string): Promise<boolean> {
    const isThere = this.#reservations.delete(id);
    if (isThere) await this.#store.forget(`reservation/${id}`);
    return isThere;
  }

  #forgetExpired(): void {
    const now = this.#now();
    for (const [id, { expiresAt }] of this.#searches) if (expiresAt <= now) this.#searches.delete(id);
    for (const [id, { expiresAt }] of this.#reservations) if (expiresAt <= now) this.#reservations.delete(id);
  }
}
