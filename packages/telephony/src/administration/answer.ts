import type { ApiErrorCode } from '@dialplane/calling-api';

/** Why something was not done: a code of the calling API, a sentence where its own says too little, and the field at fault. */
export interface Refusal {
  readonly ok: false;
  readonly code: Extract<ApiErrorCode, 'REQUEST_INVALID' | 'TELEPHONY_LIMIT' | 'TRUNK_NOT_FOUND' | 'TRUNK_IN_USE' | 'NUMBER_NOT_FOUND' | 'DEVICE_NOT_FOUND' | 'DEVICE_EXISTS' | 'EVENT_SUBSCRIPTION_NOT_FOUND'>;
  readonly sentence?: string;
  /** `body.routes.2.numberPattern`. */
  readonly target?: string;
}

export type Answer<Value> = { readonly ok: true; readonly value: Value } | Refusal;

export function done<Value>(value: Value): Answer<Value> {
  return { ok: true, value };
}

export function refusal(code: Refusal['code'], sentence?: string, target?: string): Refusal {
  return { ok: false, code, ...(sentence !== undefined && { sentence }), ...(target !== undefined && { target }) };
}
