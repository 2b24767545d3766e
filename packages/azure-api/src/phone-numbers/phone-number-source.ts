import type { PutTelephoneNumberRequest, TelephoneNumber } from '@dialplane/calling-api';

/** What numbering plans tell of a number. */
export interface NumberFacts {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined;
  readonly kind: 'geographic' | 'mobile' | 'other' | 'unknown';
  /** As it is written in its country: `(425) 555-0100`. */
  readonly nationalFormat: string;
  /** `+1 425 555 0100`. */
  readonly internationalFormat: string;
  /** What stands for a place in it, where it does: `425`. */
  readonly areaCode: string | undefined;
}

/** A search or a reservation as it is stored. */
export interface StoredNumberHold {
  readonly id: string;
  readonly hold: object;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Where searches, reservations and operations that are polled outlive a restart. */
export interface NumberHoldStore {
  /** Those of the run before that have not expired. */
  readonly left: readonly StoredNumberHold[];
  /** Resolves when it is stored. */
  keep(hold: StoredNumberHold): Promise<void>;
  forget(id: string): Promise<void>;
}

/** The numbers of the resource: those in use, and the pool that operators filled and applications claim from. */
export interface PhoneNumberSource {
  readonly holds: NumberHoldStore;
  /** In the order of their digits. */
  list(): readonly TelephoneNumber[];
  get(e164: string): TelephoneNumber | undefined;
  /** Changes what is named of a number. Failures of the store are `StoreError`. */
  put(e164: string, change: PutTelephoneNumberRequest): Promise<{ readonly ok: boolean }>;
  /** `undefined` for what is no number in E.164 form. */
  facts(e164: string): NumberFacts | undefined;
}
