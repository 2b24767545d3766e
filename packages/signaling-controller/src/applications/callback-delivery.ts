/** What takes events to applications. */
export interface CallbackDelivery {
  /** Why an address is not called, in a sentence; `undefined` where nothing speaks against it. */
  refusal(url: string): string | undefined;
  /** Posts `body` as JSON, and again where that may help, until it is taken or given up, or `signal` ends it. */
  deliver(message: {
    readonly url: string;
    readonly resourceId: string;
    readonly body: unknown;
    readonly retryAfterMs: readonly number[];
    readonly signal: AbortSignal;
  }): Promise<{ readonly isTaken: boolean; readonly sentence: string }>;
}
