import { endReason, sipEndReason, type EndReason, type EndReasonName } from '@dialplane/calling-api';
import type { LineEnd, LineRefusal } from '@dialplane/telephony-api';
import { hasAnswered, type Seat } from '../call-model.ts';

/** How the end of a line reads as the end of the telephone's part in the call. */
export function reasonOfLineEnd(seat: Seat, end: LineEnd): EndReason {
  const { status, reasonText, q850, sentence, refusal } = end;
  if (refusal !== undefined) return endReason(reasonsOfRefusals[refusal], 'platform', sentence);
  const { identifier } = seat;
  const endedBy = end.by === 'remote' ? identifier : 'platform';
  const said = { direction: seat.line?.direction ?? 'outgoing', reasonText, q850, endedBy };
  if (status !== undefined) return sipEndReason({ ...said, status, sentence });
  if (end.by === 'remote') return sipEndReason({ ...said, sentence });
  if (end.by === 'local') return endReason('endedByPlatform', 'platform', sentence);
  if (hasAnswered(seat)) return endReason('mediaLost', identifier, sentence ?? 'The connection to the telephone was lost.');
  return endReason('signalingFailed', 'platform', sentence ?? 'The call to the telephone could not be set up.');
}

const reasonsOfRefusals: Record<LineRefusal, EndReasonName> = {
  NO_TRUNK: 'noTrunk',
  NO_ROUTE: 'noRoute',
  CALLER_ID_NOT_OWNED: 'callerIdNotOwned',
  NUMBER_INVALID: 'numberInvalid',
  NUMBER_BARRED: 'numberBarred',
  EMERGENCY_NUMBER: 'emergencyNumber',
  LIMIT_REACHED: 'telephoneLimit',
  MEDIA_UNAVAILABLE: 'mediaProcessorUnavailable',
};
