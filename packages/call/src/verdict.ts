import type { ApiErrorCode, Participant } from '@dialplane/calling-api';

/** What became of a command; where the operation shows the call, the machine adds it. */
export type Verdict =
  | { readonly ok: true; readonly participant?: Participant; readonly transferId?: string }
  | { readonly ok: false; readonly code: ApiErrorCode; readonly message?: string };

export const done: Verdict = { ok: true };

/** @param message replaces the sentence of the calling API's table where more is known. */
export function refused(code: ApiErrorCode, message?: string): Verdict {
  return { ok: false, code, ...(message === undefined ? {} : { message }) };
}
