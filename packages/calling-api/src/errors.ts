import { Type, type Static } from 'typebox';

/** The error body of every operation, in Azure's shape: `{"error":{"code","message","target?","details?"}}`. */
export const ErrorResponse = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'Stable, AREA_REASON' }),
    message: Type.String({ description: 'What happened and what to do about it' }),
    target: Type.Optional(Type.String({ description: 'The field or object at fault' })),
    details: Type.Optional(Type.Array(Type.Object({ code: Type.String(), message: Type.String(), target: Type.Optional(Type.String()) }))),
  }),
});
export type ErrorResponse = Static<typeof ErrorResponse>;

interface Row { readonly status: number; readonly retryable: boolean; readonly message: string }

/** Every error the calling API answers with: code -> HTTP status, whether the same request may succeed later, sentence. */
export const apiErrors = {
  REQUEST_MALFORMED: { status: 400, retryable: false, message: 'The request body is not valid JSON.' },
  REQUEST_INVALID: { status: 400, retryable: false, message: 'The request does not have the shape this operation takes.' },
  REQUEST_TOO_LARGE: { status: 413, retryable: false, message: 'The request body is larger than this operation accepts.' },
  REQUEST_RATE_LIMITED: { status: 429, retryable: true, message: 'Too many requests; wait for the time in Retry-After.' },
  REQUEST_ID_REUSED: { status: 409, retryable: false, message: 'This Repeatability-Request-ID was used before with another request.' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, retryable: false, message: 'Send application/json.' },
  ROUTE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such operation.' },
  TOKEN_MISSING: { status: 401, retryable: false, message: 'Send an access token: Authorization: Bearer <token>.' },
  TOKEN_INVALID: { status: 401, retryable: false, message: 'The access token is malformed or was not issued by this server.' },
  TOKEN_EXPIRED: { status: 401, retryable: false, message: 'The access token has expired; get a new one.' },
  TOKEN_REVOKED: { status: 401, retryable: false, message: 'The access token was revoked; get a new one.' },
  SCOPE_MISSING: { status: 403, retryable: false, message: 'The access token lacks the scope this operation needs.' },
  ROLE_MISSING: { status: 403, retryable: false, message: 'This operation is for operators.' },
  ORIGIN_REFUSED: { status: 403, retryable: false, message: 'This resource does not allow requests from this web origin.' },
  SIGN_IN_REFUSED: { status: 403, retryable: false, message: 'Development sign-in works on this machine itself, or with a sign-in link printed by the server.' },
  SIGN_IN_CODE_INVALID: { status: 403, retryable: false, message: 'The sign-in link was used or has expired; ask for a new one.' },
  SIGN_IN_NAME_TAKEN: { status: 409, retryable: false, message: 'Somebody has this name already; choose another. The link is still good.' },
  ENDPOINT_NOT_FOUND: { status: 404, retryable: false, message: 'This endpoint is not registered; register it again.' },
  ENDPOINT_LIMIT: { status: 409, retryable: false, message: 'This user has too many endpoints registered.' },
  CALL_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such call, or you are not part of it.' },
  CALL_ENDED: { status: 410, retryable: false, message: 'The call has ended.' },
  CALL_STATE_CONFLICT: { status: 409, retryable: false, message: 'The call is not in a state in which this can be done.' },
  CALL_ANSWERED_ELSEWHERE: { status: 409, retryable: false, message: 'The call was answered on another device.' },
  CALL_LIMIT: { status: 409, retryable: false, message: 'This endpoint takes part in too many calls.' },
  CALL_FULL: { status: 409, retryable: false, message: 'The call has as many participants as a call can have.' },
  CALL_NOT_GROUP: { status: 409, retryable: false, message: 'This can only be done in a group call.' },
  SPOTLIGHT_FULL: { status: 409, retryable: false, message: 'As many participants are spotlighted as there can be: seven.' },
  MESSAGE_RATE_LIMITED: { status: 429, retryable: true, message: 'More messages or reactions than a participant, or a call, may send; wait for the time in Retry-After.' },
  TARGET_INVALID: { status: 400, retryable: false, message: 'The call cannot be made to these targets.' },
  PARTICIPANT_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such participant in the call.' },
  ROLE_FORBIDS: { status: 403, retryable: false, message: 'The role of this participant does not permit this.' },
  SDP_INVALID: { status: 400, retryable: false, message: 'The session description is not valid SDP.' },
  SDP_TOO_LARGE: { status: 413, retryable: false, message: 'The session description is larger than 384 KiB.' },
  SDP_OUT_OF_ORDER: { status: 409, retryable: false, message: 'The session description does not follow the one before it.' },
  MEDIA_SESSION_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such media session in this call.' },
  MEDIA_PROCESSOR_UNAVAILABLE: { status: 503, retryable: true, message: 'This server runs no media processor.' },
  TELEPHONY_UNAVAILABLE: { status: 503, retryable: false, message: 'This server reaches no telephone network.' },
  TELEPHONY_LIMIT: { status: 409, retryable: false, message: 'There are as many of these as there can be.' },
  TRUNK_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such trunk.' },
  TRUNK_IN_USE: { status: 409, retryable: false, message: 'A voice route or a number names this trunk; change that first.' },
  NUMBER_NOT_FOUND: { status: 404, retryable: false, message: 'This is not a number of this server.' },
  DEVICE_NOT_FOUND: { status: 404, retryable: false, message: 'There is no SIP phone with this username.' },
  DEVICE_EXISTS: { status: 409, retryable: false, message: 'Another SIP phone has this username already; choose another.' },
  EVENT_SUBSCRIPTION_NOT_FOUND: { status: 404, retryable: false, message: 'There is no event subscription with this name.' },
  TELEPHONE_RATE_LIMITED: { status: 429, retryable: true, message: 'More telephone calls than a user may make in this time; wait for the time in Retry-After.' },
  TELEPHONE_NOT_IN_CALL: { status: 409, retryable: false, message: 'There is no telephone in this call that digits could be sent to.' },
  TRANSFER_IMPOSSIBLE: { status: 409, retryable: false, message: 'This call cannot be transferred as it is.' },
  TRANSFER_NOT_FOUND: { status: 404, retryable: false, message: 'There is no such transfer, or it is over.' },
  RECORD_NOT_FOUND: { status: 404, retryable: false, message: 'There is no record of such a call.' },
  RELAY_UNAVAILABLE: { status: 503, retryable: false, message: 'This server runs no relay and keeps no ledger of one.' },
  SERVER_DRAINING: { status: 503, retryable: true, message: 'The server is shutting down; try again.' },
  STORE_UNAVAILABLE: { status: 503, retryable: true, message: 'The server cannot write its records (is the disk full?); try again.' },
  SERVER_FAULT: { status: 500, retryable: true, message: 'The server failed; the fault is in its log under this request id.' },
} as const satisfies Record<string, Row>;

export type ApiErrorCode = keyof typeof apiErrors;
