/** What relaying costs: a rate for 10^9 bytes of payload, both directions together. */
export interface RelayRate {
  /** Millionths of the currency, so that it is exact. */
  readonly micros: number;
  /** ISO 4217: `EUR`. */
  readonly currency: string;
}

/** The unit that rates are for and that usage records count in. */
export const bytesPerUnit = 1_000_000_000;

export const freeOfCharge: RelayRate = { micros: 0, currency: 'USD' };
