import type { ApiErrorCode } from '@dialplane/calling-api';

/** Why something was not done with a room: a code of the calling API, and a sentence where its own says too little. */
export interface RoomRefusal {
  readonly ok: false;
  readonly code: Extract<ApiErrorCode, `ROOM_${string}` | 'REQUEST_ID_REUSED'>;
  readonly sentence?: string;
}

export type RoomAnswer<Value> = { readonly ok: true; readonly value: Value } | RoomRefusal;

export function done<Value>(value: Value): RoomAnswer<Value> {
  return { ok: true, value };
}

export function refusal(code: RoomRefusal['code'], sentence?: string): RoomRefusal {
  return { ok: false, code, ...(sentence !== undefined && { sentence }) };
}
