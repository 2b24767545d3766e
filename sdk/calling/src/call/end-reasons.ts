import type { EndReason } from '@dialplane/calling-api';
import { CallingError } from '../communication-services-error.ts';
import type { CallEndReason } from '../public/errors.ts';
import type { EndpointLoss } from '../signaling/endpoint-connection.ts';
import { ServerError } from '../signaling/server-error.ts';

/** The ends that the client itself finds out, with the numbers of the calling API's table of end reasons. */
export const localEndReasons = {
  hungUp: { code: 0, subCode: 0, message: 'The call was ended by one of the people in it.', resultCategories: ['Success'] },
  cancelled: { code: 487, subCode: 0, message: 'The caller hung up before anybody answered.', resultCategories: ['Success'] },
  answeredElsewhere: { code: 487, subCode: 10003, message: 'The call was answered on another device.', resultCategories: ['Success'] },
  serverUnreachable: {
    code: 410, subCode: 3100, message: 'The call could not be set up: the server cannot be reached.', resultCategories: ['UnexpectedClientError'],
  },
  lostWhileAway: {
    code: 410, subCode: 301005, message: 'The connection was lost, and the call ended before it came back.', resultCategories: ['UnexpectedClientError'],
  },
  tokenInvalid: { code: 495, subCode: 4507, message: 'The access token has expired or was revoked; sign in again.', resultCategories: ['UnexpectedClientError'] },
  signedOut: {
    code: 0, subCode: 4521, message: 'This client was signed out of the server, and left its calls.', resultCategories: ['ExpectedError'],
  },
  signedInElsewhere: {
    code: 0, subCode: 4521, message: 'This user signed in on more clients than the server permits; this one was signed out.', resultCategories: ['ExpectedError'],
  },
  clientFailed: { code: 500, subCode: 0, message: 'The call could not be set up on this device.', resultCategories: ['UnexpectedClientError'] },
} as const satisfies Record<string, CallEndReason>;

/** How the calls of an endpoint end when the server lets go of it; the same codes as in the server's records. */
export const endReasonsOfLoss: Readonly<Record<EndpointLoss, CallEndReason>> = {
  invalidToken: localEndReasons.tokenInvalid,
  closed: localEndReasons.signedOut,
  replaced: localEndReasons.signedInElsewhere,
  expired: localEndReasons.lostWhileAway,
  forgotten: localEndReasons.lostWhileAway,
  refused: localEndReasons.lostWhileAway,
};

/** The server's end reason in the shape of the SDK. */
export function toCallEndReason({ code, subCode, message, category }: EndReason): CallEndReason {
  return { code, subCode, message, resultCategories: [category] };
}

/** How calls of rooms that cannot be joined end (ACS, "Call end reasons"). */
const subCodesOfRooms: Readonly<Record<string, number>> = { ROOM_NOT_FOUND: 5732, ROOM_NOT_INVITED: 5828, ROOM_NOT_OPEN: 5829 };

/** Why a call that could not be set up ended. */
export function endReasonOf(error: unknown): CallEndReason {
  if (error instanceof ServerError) {
    if (error.status === 401) return localEndReasons.tokenInvalid;
    if (error.errorCode === 'CALL_ANSWERED_ELSEWHERE') return localEndReasons.answeredElsewhere;
    const isExpected = error.status < 500;
    return { code: error.status, subCode: subCodesOfRooms[error.errorCode] ?? 0, message: error.message, resultCategories: [isExpected ? 'ExpectedError' : 'UnexpectedServerError'] };
  }
  if (!(error instanceof CallingError)) return localEndReasons.clientFailed;
  if (error.errorCode === 'SERVER_UNREACHABLE') return localEndReasons.serverUnreachable;
  return { code: error.code, subCode: error.subCode, message: error.message, resultCategories: ['UnexpectedClientError'] };
}
