import type { ConnectionOutcome } from '@dialplane/applications-api';
import { AzureError, type AzureErrorCode } from '../azure-error.ts';
import { invalid } from './connection-requests.ts';

/** The value of an outcome; throws the error in Azure's words. */
export function valueOf<Value>(outcome: ConnectionOutcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  const { code, message } = outcome;
  if (code === 'CALLBACK_REFUSED') throw invalid('callbackUri', message ?? 'the field callbackUri is invalid');
  throw new AzureError(azureCodes[code] ?? 'SERVER_FAULT', message === undefined ? {} : { detail: message });
}

const azureCodes: Partial<Record<Extract<ConnectionOutcome<unknown>, { ok: false }>['code'], AzureErrorCode>> = {
  INCOMING_CALL_NOT_FOUND: 'INCOMING_CALL_NOT_FOUND',
  CALL_NOT_FOUND: 'CALL_CONNECTION_NOT_FOUND',
  CALL_ENDED: 'CALL_CONNECTION_NOT_FOUND',
  PARTICIPANT_NOT_FOUND: 'CALL_PARTICIPANT_NOT_FOUND',
  CALL_STATE_CONFLICT: 'CALL_CONFLICT',
  CALL_FULL: 'CALL_CONFLICT',
  CALL_LIMIT: 'CALL_CONFLICT',
  REQUEST_ID_REUSED: 'CALL_CONFLICT',
  ROOM_NOT_FOUND: 'CALL_CONNECTION_NOT_FOUND',
  ROOM_NOT_INVITED: 'CALL_REQUEST_INVALID',
  ROOM_NOT_OPEN: 'CALL_REQUEST_INVALID',
  ROOM_DIAL_OUT_DISABLED: 'CALL_PRECONDITION_FAILED',
  TRANSFER_IMPOSSIBLE: 'CALL_ACTION_INVALID',
  TARGET_INVALID: 'CALL_REQUEST_INVALID',
  MEDIA_PROCESSOR_UNAVAILABLE: 'CALL_PRECONDITION_FAILED',
  TELEPHONY_UNAVAILABLE: 'CALL_PRECONDITION_FAILED',
  STORE_UNAVAILABLE: 'STORE_UNAVAILABLE',
  SERVER_DRAINING: 'CALL_SERVER_DRAINING',
};
