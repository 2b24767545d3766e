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

/** The numbers of the resource: those in use, and the pool that operators filled and applications claim from. */
export interface PhoneNumberSource {
  /** In the order of their digits. */
  list(): readonly TelephoneNumber[];
  get(e164: string): TelephoneNumber | undefined;
  /** Changes what is named of a number. Failures of the store are `StoreError`. */
  put(e164: string, change: PutTelephoneNumberRequest): Promise<{ readonly ok: boolean }>;
  /** `undefined` for what is no number in E.164 form. */
  facts(e164: string): NumberFacts | undefined;
}
