/** Why a call ended: `code` is HTTP- or SIP-like, `subCode` the detail (ACS "call end codes"). */
export interface CallEndReason {
  readonly code: number;
  readonly subCode: number;
  /** A sentence for the person who was in the call. */
  readonly message?: string;
  readonly resultCategories?: readonly string[];
}

/** What every rejected promise and every throw of this library carries. */
export interface CommunicationServicesError extends Error {
  readonly code: number;
  readonly subCode: number;
  /** Stable name of the cause, where there is one (`CALL_STATE_CONFLICT`). */
  readonly errorCode?: string;
}
